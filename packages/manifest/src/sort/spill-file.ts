import { randomUUID } from 'node:crypto'
import { type FileHandle, open, unlink } from 'node:fs/promises'
import { join } from 'node:path'
import { ManifestError } from '../errors.js'
import { makeDirectory } from '../make-directory.js'

/** Sorted rows in a spill file, as bytes `[start, end)`. */
export interface SpilledRun {
  file: SpillFile
  start: number
  end: number
}

/**
 * Disk space for what does not fit into memory. The file is unlinked as soon as it exists, so that the system frees its space however
 * the process ends. Throws `LAGOON_MANIFEST_UNWRITABLE`.
 */
export class SpillFile {
  readonly #file: FileHandle
  readonly #directory: string
  #length = 0

  private constructor(file: FileHandle, directory: string) {
    this.#file = file
    this.#directory = directory
  }

  static async open(directory: string): Promise<SpillFile> {
    const path = join(directory, `.sort-${randomUUID()}`)
    try {
      await makeDirectory(directory)
      const file = await open(path, 'wx+')
      await unlink(path)
      return new SpillFile(file, directory)
    } catch (cause) {
      throw noRoom(directory, cause)
    }
  }

  /** Where the next bytes will be. */
  get length(): number {
    return this.#length
  }

  async append(text: string): Promise<void> {
    const bytes = Buffer.from(text)
    try {
      for (let done = 0; done < bytes.length;) {
        const { bytesWritten } = await this.#file.write(bytes, done, bytes.length - done, this.#length)
        done += bytesWritten
        this.#length += bytesWritten
      }
    } catch (cause) {
      throw noRoom(this.#directory, cause)
    }
  }

  async read(start: number, end: number): Promise<Buffer> {
    const bytes = Buffer.allocUnsafe(end - start)
    const { bytesRead } = await this.#file.read(bytes, 0, bytes.length, start)
    return bytes.subarray(0, bytesRead)
  }

  close(): Promise<void> {
    return this.#file.close()
  }
}

function noRoom(directory: string, cause: unknown): ManifestError {
  return new ManifestError('LAGOON_MANIFEST_UNWRITABLE', {
    message: `${directory}: rows can't be sorted here: ${cause instanceof Error ? cause.message : String(cause)}`,
    hint: 'Sorting needs as much disk space as the rows take as text; use a directory with more free space.',
    cause,
  })
}
