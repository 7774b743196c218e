import { S3Error } from '../s3/s3-error.js'
import type { BlobStore } from './blob.js'
import { Bucket, type BucketJournal, type Unwritten } from './bucket.js'

export interface StoreJournal extends BucketJournal {
  created(bucket: Bucket): void
  deleted(bucket: Bucket): void
  close(): Promise<void>
}

/** Buckets by name, and the storage of their bytes. */
export class ObjectStore {
  readonly blobs: BlobStore
  readonly buckets = new Map<string, Bucket>()
  readonly #journal: StoreJournal | null
  readonly #unwritten: Unwritten | null

  constructor(blobs: BlobStore, journal: StoreJournal | null = null, unwritten: Unwritten | null = null) {
    this.blobs = blobs
    this.#journal = journal
    this.#unwritten = unwritten
  }

  /** @throws {S3Error} `NoSuchBucket` */
  bucket(name: string): Bucket {
    const bucket = this.buckets.get(name)
    if (bucket === undefined) throw new S3Error('NoSuchBucket', { fields: { BucketName: name } })
    return bucket
  }

  /** @throws {S3Error} `BucketAlreadyOwnedByYou` */
  createBucket(name: string, region: string, created: number): Bucket {
    if (this.buckets.has(name)) throw new S3Error('BucketAlreadyOwnedByYou', { fields: { BucketName: name } })
    const bucket = new Bucket(name, region, created, this.#journal, this.#unwritten)
    this.buckets.set(name, bucket)
    this.#journal?.created(bucket)
    return bucket
  }

  /** @throws {S3Error} `NoSuchBucket`, `BucketNotEmpty` */
  deleteBucket(name: string): void {
    const bucket = this.bucket(name)
    if (!bucket.empty) throw new S3Error('BucketNotEmpty', { fields: { BucketName: name } })
    this.buckets.delete(name)
    this.#journal?.deleted(bucket)
  }

  async close(): Promise<void> {
    await this.#journal?.close()
    await this.blobs.close()
  }
}
