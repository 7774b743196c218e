import { type FileHandle, open, rename, rm } from 'node:fs/promises'
import { ManifestError } from '../errors.js'

/** Bytes collected before they are passed to the file system. */
const CHUNK_BYTES = 64 * 1024

/** Waiting bytes above which {@link FileWriter.idle} asks the producer to wait. */
const HIGH_WATER_BYTES = 1024 * 1024

/**
 * Appends to a file from synchronous calls: order is kept, small writes are collected, and the first error is kept and thrown by every
 * later call. With `whole`, the file is named `<path>.partial` until it is closed, for formats that can't be read before.
 */
export class FileWriter {
  readonly #path: string
  readonly #target: string
  readonly #file: FileHandle
  /** Where the next bytes go; null: at the end, wherever that is. */
  #position: number | null
  #gathered: Buffer[] = []
  #gatheredBytes = 0
  #waitingBytes = 0
  #writes: Promise<void> = Promise.resolve()
  #error: ManifestError | null = null

  private constructor(path: string, target: string, file: FileHandle, position: number | null) {
    this.#position = position
    this.#path = path
    this.#target = target
    this.#file = file
  }

  /**
   * Creates the file, or empties it unless it is to be appended to. `from`: continue `<path>.partial`, whose first bytes are kept, so many.
   * Throws `LAGOON_MANIFEST_UNWRITABLE`.
   */
  static async open(
    path: string,
    { whole, append = false, from }: { whole: boolean; append?: boolean; from?: number },
  ): Promise<FileWriter> {
    const target = whole ? partialOf(path) : path
    try {
      const file = await open(target, append ? 'a' : from === undefined ? 'w' : 'r+')
      return new FileWriter(path, target, file, whole ? (from ?? 0) : null)
    } catch (error) {
      throw unwritable(path, error)
    }
  }

  /** Appends. Throws the error of an earlier write. */
  write(data: string | Uint8Array): void {
    if (this.#error) throw this.#error
    const bytes = typeof data === 'string' ? Buffer.from(data) : Buffer.from(data)
    this.#gathered.push(bytes)
    this.#gatheredBytes += bytes.length
    if (this.#gatheredBytes >= CHUNK_BYTES) this.#flush()
  }

  /** `null`, or a promise to await before writing more, because the disk is behind. */
  idle(): Promise<void> | null {
    return this.#waitingBytes > HIGH_WATER_BYTES ? this.#writes : null
  }

  /** Passes what is collected to the file system, for readers that follow the file. */
  flush(): void {
    this.#flush()
  }

  /** Appends with an end that makes the file readable as it is, in one go; the next bytes are written over the end. */
  writeWithEnd(data: readonly Uint8Array[], end: Uint8Array): void {
    for (const bytes of data) this.write(bytes)
    this.#flush(end)
  }

  /** Writes what is left, makes it durable and gives the file its name. Throws the first error there was. */
  async close(): Promise<void> {
    this.#flush()
    await this.#writes
    try {
      // An end that was written over may have been longer.
      if (!this.#error && this.#position !== null) await this.#file.truncate(this.#position)
      if (!this.#error) await this.#file.datasync()
    } catch (error) {
      // A pipe or a terminal has nothing to make durable.
      if ((error as NodeJS.ErrnoException).code !== 'EINVAL') this.#error = unwritable(this.#path, error)
    }
    await this.#file.close()
    if (this.#error) {
      await this.#removePartial()
      throw this.#error
    }
    if (this.#target !== this.#path) await rename(this.#target, this.#path)
  }

  async #writeAt(position: number, bytes: Buffer): Promise<void> {
    for (let at = 0; at < bytes.length;) {
      const { bytesWritten } = await this.#file.write(bytes, at, bytes.length - at, position + at)
      at += bytesWritten
    }
  }

  /** Closes without finishing, and removes a file that is not whole. */
  async abandon(): Promise<void> {
    await this.#writes
    await this.#file.close()
    await this.#removePartial()
  }

  async #removePartial(): Promise<void> {
    if (this.#target !== this.#path) await rm(this.#target, { force: true })
  }

  #flush(end?: Uint8Array): void {
    if (this.#gathered.length === 0 && end === undefined) return
    const kept = this.#gatheredBytes
    const bytes = Buffer.concat(end === undefined ? this.#gathered : [...this.#gathered, end])
    this.#gathered = []
    this.#gatheredBytes = 0
    this.#waitingBytes += bytes.length
    this.#writes = this.#append(this.#writes, bytes, kept)
  }

  async #append(before: Promise<void>, bytes: Buffer, kept: number): Promise<void> {
    await before
    try {
      if (!this.#error && this.#position === null) await this.#file.appendFile(bytes)
      else if (!this.#error) await this.#writeAt(this.#position!, bytes)
      if (this.#position !== null) this.#position += kept
    } catch (error) {
      this.#error = unwritable(this.#path, error)
    }
    this.#waitingBytes -= bytes.length
  }
}

/** Where a file that can't be read before it is whole lies until then. */
export function partialOf(path: string): string {
  return `${path}.partial`
}

function unwritable(path: string, cause: unknown): ManifestError {
  return new ManifestError('LAGOON_MANIFEST_UNWRITABLE', {
    message: `${path}: can't be written: ${cause instanceof Error ? cause.message : String(cause)}`,
    hint: 'Check that the directory exists, is writable, and has free space.',
    cause,
  })
}
