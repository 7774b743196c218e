import type { Socket } from 'node:net'

/** Takes what a socket has read. */
export interface Receiver {
  /** @param bytes valid only within the call. False stops reading until the socket is resumed. */
  received(bytes: Buffer): boolean
}

const receiverOf = Symbol('receiver')
type ReadingSocket = Socket & { [receiverOf]?: Receiver }

/**
 * An option of `net.connect` and `tls.connect`: the socket is read into this one buffer, instead of into 64 KiB allocated for every read and
 * queued in a stream.
 */
export function readInto(buffer: Buffer): { buffer: Buffer; callback: (bytes: number) => boolean } {
  // Records of TLS have one size: the view of one serves for the next.
  let read = buffer
  function callback(this: ReadingSocket, bytes: number): boolean {
    if (read.length !== bytes) read = buffer.subarray(0, bytes)
    return this[receiverOf]!.received(read)
  }
  return { buffer, callback: callback as (bytes: number) => boolean }
}

/** Hands the receiver all that the socket reads, whether it was made with {@link readInto} or, like one through a tunnel, could not be. */
export function receiveFrom(socket: Socket, receiver: Receiver): void {
  const reading = socket as ReadingSocket
  reading[receiverOf] = receiver
  socket.on('data', (bytes: Buffer) => {
    if (!receiver.received(bytes)) socket.pause()
  })
}
