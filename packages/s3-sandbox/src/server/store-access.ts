import { createHash } from 'node:crypto'
import type { ServerContext } from '../request/context.js'
import { forgetUpload } from '../operations/multipart.js'
import { readBlobs } from '../store/blob.js'
import type { ObjectRecord } from '../store/object-record.js'

export interface StoredObject {
  bytes: Buffer
  /** Without quotes. */
  etag: string
  lastModified: Date
  headers: Readonly<Record<string, string>>
  /** User metadata as text, by name without `x-amz-meta-`. */
  metadata: Readonly<Record<string, string>>
  tags: Readonly<Record<string, string>>
  versionId: string
}

export interface PutOptions {
  /** System headers by lower-case name, such as `content-type`. */
  headers?: Record<string, string>
  metadata?: Record<string, string>
  tags?: Record<string, string>
}

/** Buckets and objects without HTTP, for tests that set up and inspect. Nothing here is logged, shaped or faulty. */
export class StoreAccess {
  readonly #context: ServerContext

  constructor(context: ServerContext) {
    this.#context = context
  }

  /** Names in order. */
  buckets(): string[] {
    return [...this.#context.store.buckets.keys()].sort()
  }

  /** Creates a bucket unless it exists. */
  createBucket(name: string, region = this.#context.region): void {
    const { store, now } = this.#context
    if (!store.buckets.has(name)) store.createBucket(name, region, now())
  }

  /** Deletes a bucket and everything in it. */
  deleteBucket(name: string): void {
    const { store } = this.#context
    const bucket = store.bucket(name)
    for (const key of bucket.keysInOrder().slice()) {
      for (const record of bucket.versionsOf(key).slice()) bucket.remove(record)
    }
    store.deleteBucket(name)
  }

  /** Keys under a prefix, in S3's order. */
  keys(bucket: string, prefix = ''): string[] {
    const found = this.#context.store.bucket(bucket)
    return found.keysInOrder().filter((key) => key.startsWith(prefix) && found.current(key) !== undefined)
  }

  /** Stores an object; returns its ETag without quotes. */
  async put(
    bucketName: string,
    key: string,
    bytes: Uint8Array | string,
    options: PutOptions = {},
  ): Promise<string> {
    const { store, now } = this.#context
    const bucket = store.bucket(bucketName)
    const body = Buffer.from(bytes)
    const writer = store.blobs.create()
    await writer.write(body)
    const etag = createHash('md5').update(body).digest('hex')
    bucket.put({
      key,
      versionId: bucket.nextVersionId(),
      deleteMarker: false,
      etag,
      sizeBytes: body.length,
      lastModified: now(),
      blobs: [await writer.finish()],
      headers: { 'content-type': 'binary/octet-stream', ...options.headers },
      metadata: recoded(options.metadata ?? {}, 'utf8', 'latin1'),
      tags: options.tags ?? {},
    })
    return etag
  }

  /** An object with its bytes, or null. */
  async get(bucketName: string, key: string, versionId?: string): Promise<StoredObject | null> {
    const bucket = this.#context.store.bucket(bucketName)
    const record = versionId === undefined ? bucket.current(key) : bucket.version(key, versionId)
    return record === undefined || record.deleteMarker ? null : storedObject(record)
  }

  /** Removes a key with all its versions, if it exists. */
  delete(bucketName: string, key: string): void {
    const bucket = this.#context.store.bucket(bucketName)
    for (const record of bucket.versionsOf(key).slice()) bucket.remove(record)
  }

  /** Aborts multipart uploads in progress, in a bucket or of one key, as a provider's clean-up does. */
  abortUploads(bucketName: string, key?: string): void {
    const bucket = this.#context.store.bucket(bucketName)
    for (const upload of bucket.uploads.values()) {
      if (key === undefined || upload.key === key) forgetUpload(bucket, upload)
    }
  }

  /** Ids of the multipart uploads in progress in a bucket. */
  uploads(bucketName: string): { uploadId: string; key: string; parts: number }[] {
    const { uploads } = this.#context.store.bucket(bucketName)
    return [...uploads.values()].map(({ id, key, parts }) => ({ uploadId: id, key, parts: parts.size }))
  }
}

async function storedObject(record: ObjectRecord): Promise<StoredObject> {
  const { etag, headers, metadata, tags, versionId } = record
  const chunks: Uint8Array[] = []
  for await (const chunk of readBlobs(record.blobs, 0, record.sizeBytes)) chunks.push(chunk)
  return {
    bytes: Buffer.concat(chunks),
    etag,
    lastModified: new Date(record.lastModified),
    headers,
    metadata: recoded(metadata, 'latin1', 'utf8'),
    tags,
    versionId,
  }
}

/** Internally, metadata are the bytes of the headers as latin1 text. */
function recoded(
  metadata: Record<string, string>,
  from: BufferEncoding,
  to: BufferEncoding,
): Record<string, string> {
  return Object.fromEntries(
    Object.entries(metadata).map(([name, value]) => [
      name.toLowerCase(),
      Buffer.from(value, from).toString(to),
    ]),
  )
}
