/** A stream of the process whose reader may disappear while we write to it. */
export interface Output {
  readonly isTTY: boolean
  readonly columns: number
  /** Bytes accepted and not yet taken by the reader. */
  readonly pendingBytes: number
  /** The reader is gone: output is dropped. */
  readonly closed: boolean
  readonly stream: NodeJS.WriteStream
  write(text: string): void
  /** Everything written so far has been taken, or the reader has gone. */
  flush(): Promise<void>
}

/**
 * Wraps stdout or stderr. A reader that closes its end (`lagoon … | head`) is not an error of ours: from then on writes do nothing, and
 * `onClosed` is called once.
 */
export function createOutput(
  stream: NodeJS.WriteStream,
  onClosed?: (error: NodeJS.ErrnoException) => void,
): Output {
  let closed = false
  const close = (error: NodeJS.ErrnoException) => {
    if (closed) return
    closed = true
    onClosed?.(error)
  }
  // EPIPE from a pipe, EIO from a terminal that was hung up; with ENOSPC and similar there is no reader either.
  stream.on('error', close)
  return {
    stream,
    get isTTY() {
      return stream.isTTY === true
    },
    get columns() {
      return stream.columns ?? 80
    },
    get pendingBytes() {
      return stream.writableLength
    },
    get closed() {
      return closed
    },
    write(text) {
      if (!closed) stream.write(text)
    },
    flush() {
      return new Promise((resolve) => {
        if (closed) resolve()
        else stream.write('', () => resolve())
      })
    },
  }
}
