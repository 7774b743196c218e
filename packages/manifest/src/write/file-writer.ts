import { type FileHandle, open, rename, rm } from 'node:fs/promises'
import { ManifestError } from '../errors.js'

/** Bytes gathered before they are handed to the file system. */
const CHUNK_BYTES = 64 * 1024

/** Bytes waiting above which {@link FileWriter.idle} asks the producer to wait. */
const HIGH_WATER_BYTES = 1024 * 1024

/**
 * Appends to a file from synchronous calls: order is kept, small writes are gathered, and the first error is kept and
 * thrown by every later call. With `whole`, the file lies under `<path>.partial` until it is closed, for formats that
 * can't be read before.
 */
export class FileWriter {
  readonly #path: string
  readonly #target: string
  readonly #file: FileHandle
  #gathered: Buffer[] = []
  #gatheredBytes = 0
  #waitingBytes = 0
  #writes: Promise<void> = Promise.resolve()
  #error: ManifestError | null = null

  private constructor(path: string, target: string, file: FileHandle) {
    this.#path = path
    this.#target = target
    this.#file = file
  }

  /** Creates the file, or empties it unless it is to be appended to. Throws `LAGOON_MANIFEST_UNWRITABLE`. */
  static async open(
    path: string,
    { whole, append = false }: { whole: boolean; append?: boolean },
  ): Promise<FileWriter> {
    const target = whole ? `${path}.partial` : path
    try {
      return new FileWriter(path, target, await open(target, append ? 'a' : 'w'))
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

  /** `null`, or what to wait for before more is written, because the disk is behind. */
  idle(): Promise<void> | null {
    return this.#waitingBytes > HIGH_WATER_BYTES ? this.#writes : null
  }

  /** Hands what is gathered to the file system, for those who read along. */
  flush(): void {
    this.#flush()
  }

  /** Writes what is left, makes it durable and gives the file its name. Throws the first error there was. */
  async close(): Promise<void> {
    this.#flush()
    await this.#writes
    try {
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

  /** Closes without finishing, and removes a file that is not whole. */
  async abandon(): Promise<void> {
    await this.#writes
    await this.#file.close()
    await this.#removePartial()
  }

  async #removePartial(): Promise<void> {
    if (this.#target !== this.#path) await rm(this.#target, { force: true })
  }

  #flush(): void {
    if (this.#gathered.length === 0) return
    const bytes = Buffer.concat(this.#gathered)
    this.#gathered = []
    this.#gatheredBytes = 0
    this.#waitingBytes += bytes.length
    this.#writes = this.#append(this.#writes, bytes)
  }

  async #append(before: Promise<void>, bytes: Buffer): Promise<void> {
    await before
    try {
      if (!this.#error) await this.#file.appendFile(bytes)
    } catch (error) {
      this.#error = unwritable(this.#path, error)
    }
    this.#waitingBytes -= bytes.length
  }
}

function unwritable(path: string, cause: unknown): ManifestError {
  return new ManifestError('LAGOON_MANIFEST_UNWRITABLE', {
    message: `${path}: can't be written: ${cause instanceof Error ? cause.message : String(cause)}`,
    hint: 'Check that the directory exists, is writable, and has free space.',
    cause,
  })
}
