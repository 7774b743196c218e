import { randomBytes } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { open, rm, type FileHandle } from 'node:fs/promises'
import { join } from 'node:path'
import type { Blob, BlobStore, BlobWriter } from './blob.js'

/** Stores each blob in its own file under `directory`, which exists. */
export class DiskBlobs implements BlobStore {
  readonly #directory: string
  readonly #known = new Map<string, DiskBlob>()
  readonly #removals = new Set<Promise<void>>()

  constructor(directory: string) {
    this.#directory = directory
  }

  create(): BlobWriter {
    const id = randomBytes(12).toString('hex')
    return new DiskBlobWriter(join(this.#directory, id), (sizeBytes) => this.blob(id, sizeBytes))
  }

  /** The blob with this id, shared by all records that refer to it. */
  blob(id: string, sizeBytes: number): Blob {
    let blob = this.#known.get(id)
    if (blob === undefined) {
      const path = join(this.#directory, id)
      blob = new DiskBlob(id, path, sizeBytes, () => this.#remove(id, path))
      this.#known.set(id, blob)
    }
    return blob
  }

  /** Whether any record refers to this id. */
  knows(id: string): boolean {
    return this.#known.has(id)
  }

  async close(): Promise<void> {
    await Promise.all(this.#removals)
  }

  #remove(id: string, path: string): void {
    this.#known.delete(id)
    const removal: Promise<void> = rm(path, { force: true }).finally(() => this.#removals.delete(removal))
    this.#removals.add(removal)
  }
}

class DiskBlob implements Blob {
  readonly id: string
  readonly sizeBytes: number
  readonly #path: string
  readonly #remove: () => void
  #references = 0

  constructor(id: string, path: string, sizeBytes: number, remove: () => void) {
    this.id = id
    this.#path = path
    this.sizeBytes = sizeBytes
    this.#remove = remove
  }

  read(start: number, end: number): AsyncIterable<Uint8Array> {
    return createReadStream(this.#path, { start, end: end - 1, highWaterMark: 256 * 1024 })
  }

  retain(): void {
    this.#references += 1
  }

  release(): void {
    this.#references -= 1
    if (this.#references <= 0) this.#remove()
  }
}

class DiskBlobWriter implements BlobWriter {
  readonly #path: string
  readonly #finished: (sizeBytes: number) => Blob
  #file: Promise<FileHandle> | null = null
  #sizeBytes = 0

  constructor(path: string, finished: (sizeBytes: number) => Blob) {
    this.#path = path
    this.#finished = finished
  }

  async write(chunk: Uint8Array): Promise<void> {
    const file = await this.#open()
    let written = 0
    while (written < chunk.length) {
      const { bytesWritten } = await file.write(chunk, written)
      written += bytesWritten
    }
    this.#sizeBytes += chunk.length
  }

  async finish(): Promise<Blob> {
    const file = await this.#open()
    await file.close()
    return this.#finished(this.#sizeBytes)
  }

  async discard(): Promise<void> {
    if (this.#file === null) return
    const file = await this.#file.catch(() => null)
    await file?.close()
    await rm(this.#path, { force: true })
  }

  #open(): Promise<FileHandle> {
    this.#file ??= open(this.#path, 'wx')
    return this.#file
  }
}
