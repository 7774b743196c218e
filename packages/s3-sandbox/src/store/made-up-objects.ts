import { createHash } from 'node:crypto'
import { seededRandom } from '../random.js'
import { repeated } from './hollow-blobs.js'
import { MemoryBlob } from './memory-blobs.js'
import type { ObjectRecord } from './object-record.js'

/** Number of bytes after which an object's content repeats. */
const PERIOD_BYTES = 1024 * 1024
/** Number of distinct contents per size: enough to tell neighbours apart, few enough to digest each once. */
const VARIANTS = 16

/** Generates objects: the same key and size always have the same bytes, and none are stored. */
export class MadeUpObjects {
  readonly #lastModified: number
  readonly #random = seededRandom(1)
  readonly #block = new Uint8Array(2 * PERIOD_BYTES)
  readonly #etags = new Map<string, string>()

  constructor(lastModified: number) {
    this.#lastModified = lastModified
    for (let i = 0; i < PERIOD_BYTES; i++)
      this.#block[i] = this.#block[i + PERIOD_BYTES] = this.#random() * 256
  }

  object(key: string, sizeBytes: number): ObjectRecord {
    const variant = variantOf(key)
    const start = (variant * PERIOD_BYTES) / VARIANTS
    const chunks = repeated(this.#block.subarray(start, start + PERIOD_BYTES), sizeBytes)
    return {
      key,
      versionId: 'null',
      deleteMarker: false,
      etag: this.#etag(variant, chunks, sizeBytes),
      sizeBytes,
      lastModified: this.#lastModified,
      blobs: [new MemoryBlob(chunks)],
      headers: { 'content-type': 'binary/octet-stream' },
      metadata: {},
      tags: {},
    }
  }

  #etag(variant: number, chunks: readonly Uint8Array[], sizeBytes: number): string {
    const name = `${variant} ${sizeBytes}`
    let etag = this.#etags.get(name)
    if (etag === undefined) {
      const hash = createHash('md5')
      for (const chunk of chunks) hash.update(chunk)
      this.#etags.set(name, (etag = hash.digest('hex')))
    }
    return etag
  }
}

function variantOf(key: string): number {
  let sum = 0
  for (let i = 0; i < key.length; i++) sum = (Math.imul(sum, 31) + key.charCodeAt(i)) | 0
  return (sum >>> 0) % VARIANTS
}
