import { ManifestError } from '../errors.js'
import type { ManifestRef, ManifestStore } from '../manifest-store.js'
import { asBuffer } from './codecs/decompress.js'

/** One version of one object, read by ranges. A file that was read whole to find its footer is not requested again. */
export class RangedFile {
  readonly ref: ManifestRef
  readonly #store: ManifestStore
  #whole: Buffer | null = null

  constructor(store: ManifestStore, ref: ManifestRef) {
    this.#store = store
    this.ref = ref
  }

  /** Reads the last `bytes`, and keeps them if they are the whole file. */
  async readTail(bytes: number, signal: AbortSignal | undefined): Promise<Buffer> {
    const start = Math.max(0, this.ref.sizeBytes - bytes)
    const tail = await this.read(start, this.ref.sizeBytes, signal)
    if (start === 0) this.#whole = tail
    return tail
  }

  /** The bytes `[start, end)`. Throws `LAGOON_MANIFEST_CHANGED`, `LAGOON_MANIFEST_UNREADABLE`, or the abort's reason. */
  async read(start: number, end: number, signal: AbortSignal | undefined): Promise<Buffer> {
    if (this.#whole) return this.#whole.subarray(start, end)
    const { key, etag } = this.ref
    let bytes: Uint8Array
    try {
      bytes = await this.#store.read({ key, start, end, etag, ...(signal && { signal }) })
    } catch (error) {
      signal?.throwIfAborted()
      throw this.#readError(error)
    }
    if (bytes.length !== end - start) {
      throw this.#changed(`received ${bytes.length} bytes instead of ${end - start}`)
    }
    return asBuffer(bytes)
  }

  #readError(error: unknown): ManifestError {
    if (error instanceof ManifestError) return error
    const status = statusOf(error)
    if (status === 412) return this.#changed('its ETag changed', error)
    if (status === 416) return this.#changed('it is shorter', error)
    if (status === 404) return this.#changed('it no longer exists', error)
    return new ManifestError('LAGOON_MANIFEST_UNREADABLE', {
      message: `${this.ref.key}: can't be read: ${error instanceof Error ? error.message : String(error)}`,
      hint: 'See the cause; the other manifests are not affected. Run again to retry this one.',
      cause: error,
    })
  }

  #changed(how: string, cause?: unknown): ManifestError {
    return new ManifestError('LAGOON_MANIFEST_CHANGED', {
      message: `${this.ref.key}: changed while it was being read: ${how}`,
      hint: 'Run again: the new version is read as a new manifest, and complete objects are not copied again.',
      cause,
    })
  }
}

/** Names of store errors without a status, including those of `@lagoon/transfer`. */
const STATUS_OF_NAME: Record<string, number> = {
  PreconditionFailed: 412,
  LAGOON_TRANSFER_OBJECT_CHANGED: 412,
  NoSuchKey: 404,
  NotFound: 404,
  LAGOON_TRANSFER_OBJECT_MISSING: 404,
  LAGOON_TRANSFER_SHORT_READ: 416,
}

/** The HTTP status of an error of undici, the AWS SDK, or a store of this project. */
function statusOf(error: unknown): number | undefined {
  if (typeof error !== 'object' || error === null) return undefined
  const { status, statusCode, $metadata, code, name, cause } = error as Record<string, unknown>
  if (typeof status === 'number') return status
  if (typeof statusCode === 'number') return statusCode
  const metadataStatus = ($metadata as { httpStatusCode?: unknown } | undefined)?.httpStatusCode
  if (typeof metadataStatus === 'number') return metadataStatus
  for (const word of [code, name]) {
    if (typeof word === 'string' && Object.hasOwn(STATUS_OF_NAME, word)) return STATUS_OF_NAME[word]
  }
  return cause === undefined || cause === error ? undefined : statusOf(cause)
}
