import { GetObjectCommand, type S3Client } from '@aws-sdk/client-s3'
import { createHash } from 'node:crypto'
import type { Readable } from 'node:stream'
import pMap from 'p-map'
import { listKeys } from './list-keys.js'

/** What two copies of an object must have in common. */
export interface ObjectDigest {
  sizeBytes: number
  /** Hex MD5 of the bytes as read, not from an ETag. */
  md5: string
  contentType: string | null
  contentEncoding: string | null
  contentDisposition: string | null
  contentLanguage: string | null
  cacheControl: string | null
  expires: string | null
  metadata: Record<string, string>
}

export interface BucketDigestOptions {
  /** Only keys under this prefix; default all. */
  prefix?: string
  /** Only keys for which this returns true. */
  filter?: (key: string) => boolean
  /** Objects read concurrently; default 16. */
  concurrency?: number
}

/** Reads a bucket and returns its content: key → digest, in key order. */
export async function bucketDigest(
  client: S3Client,
  bucket: string,
  options: BucketDigestOptions = {},
): Promise<Map<string, ObjectDigest>> {
  const { prefix = '', filter, concurrency = 16 } = options
  const found: [string, ObjectDigest][] = []
  const digest = async (key: string): Promise<void> => {
    if (filter !== undefined && !filter(key)) return
    found.push([key, await objectDigest(client, bucket, key)])
  }
  await pMap(listKeys(client, bucket, prefix), digest, { concurrency })
  return new Map(found.sort(([a], [b]) => (a < b ? -1 : 1)))
}

/** Reads one object and returns its digest. */
export async function objectDigest(client: S3Client, bucket: string, key: string): Promise<ObjectDigest> {
  const object = await client.send(new GetObjectCommand({ Bucket: bucket, Key: key }))
  const hash = createHash('md5')
  let sizeBytes = 0
  for await (const chunk of object.Body as Readable) {
    hash.update(chunk as Buffer)
    sizeBytes += (chunk as Buffer).length
  }
  return {
    sizeBytes,
    md5: hash.digest('hex'),
    contentType: object.ContentType ?? null,
    contentEncoding: object.ContentEncoding ?? null,
    contentDisposition: object.ContentDisposition ?? null,
    contentLanguage: object.ContentLanguage ?? null,
    cacheControl: object.CacheControl ?? null,
    expires: object.ExpiresString ?? null,
    metadata: object.Metadata ?? {},
  }
}
