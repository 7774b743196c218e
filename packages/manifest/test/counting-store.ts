import type { ListedObject, ManifestRef, ManifestStore, ReadOptions } from '../src/index.js'

/** A store in memory that notes every request. */
export class CountingStore implements ManifestStore {
  readonly objects = new Map<string, { bytes: Uint8Array; etag: string }>()
  readonly reads: { start: number; end: number }[] = []
  readsUnderWay = 0
  /** Called before a read is answered; may throw or wait. */
  beforeRead: ((options: ReadOptions) => void | Promise<void>) | null = null
  #version = 0

  put(key: string, bytes: Uint8Array): ManifestRef {
    const etag = `v${++this.#version}`
    this.objects.set(key, { bytes, etag })
    return { key, etag, sizeBytes: bytes.length }
  }

  get bytesRead(): number {
    return this.reads.reduce((sum, { start, end }) => sum + end - start, 0)
  }

  async *list({ prefix }: { prefix: string }): AsyncIterable<ListedObject> {
    for (const [key, { bytes, etag }] of [...this.objects].sort()) {
      if (key.startsWith(prefix)) yield { key, etag: `"${etag}"`, sizeBytes: bytes.length }
    }
  }

  async *listPrefixes({ prefix }: { prefix: string }): AsyncIterable<string> {
    const prefixes = [...this.objects.keys()].flatMap((key) => {
      const slash = key.startsWith(prefix) ? key.indexOf('/', prefix.length) : -1
      return slash < 0 ? [] : [key.slice(0, slash + 1)]
    })
    yield* new Set(prefixes.sort())
  }

  async read(options: ReadOptions): Promise<Uint8Array> {
    const { key, start, end, etag, signal } = options
    this.reads.push({ start, end })
    this.readsUnderWay++
    try {
      await this.beforeRead?.(options)
      signal?.throwIfAborted()
      const object = this.objects.get(key)
      if (!object) throw Object.assign(new Error('NoSuchKey'), { status: 404 })
      if (etag !== undefined && etag !== object.etag) {
        throw Object.assign(new Error('PreconditionFailed'), { status: 412 })
      }
      return object.bytes.slice(start, end)
    } finally {
      this.readsUnderWay--
    }
  }
}
