import { CreateBucketCommand, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3'
import { TestkitError } from './errors.js'
import { forEachConcurrently } from './for-each-concurrently.js'
import { lakeBody } from './lake-body.js'
import { lakeObjects, type LakePlan, type LakeSizes } from './lake-plan.js'
import { s3Client } from './s3-client.js'
import type { StoreEndpoint } from './store-endpoint.js'
import { writeManifest, type WriteManifestOptions } from './write-manifest.js'

export interface LakeOptions {
  /** Where; or a `client` of one's own. */
  endpoint?: StoreEndpoint
  client?: S3Client
  /** Created when it does not exist. */
  bucket: string
  /** How many objects; default 100. */
  objects?: number
  /** Default `mixed`: 200 bytes to 2 MiB, heavy-tailed, some empty. A number is that many bytes each. */
  sizes?: LakeSizes
  /** How many manifests share the objects, in order; default 1. */
  manifests?: number
  /** Default `data/`. */
  keyPrefix?: string
  /** Default `manifest/`. */
  manifestPrefix?: string
  /** Everything follows from it; default 1. */
  seed?: number
  /** Default `uri`. */
  column?: WriteManifestOptions['column']
  /** Default 10,000. */
  rowGroupRows?: WriteManifestOptions['rowGroupRows']
  /** Default `SNAPPY`. */
  compression?: WriteManifestOptions['compression']
  /** Uploads at a time; default 32. */
  concurrency?: number
}

export interface Lake {
  bucket: string
  objects: number
  /** Of the objects, the manifests not counted. */
  bytes: number
  manifests: { key: string; rows: number }[]
  /** For `lakeObject(plan, i)` and `lakeBytes(plan.seed, i, size)`: what the lake holds, without asking it. */
  plan: LakePlan
}

/**
 * Fills a bucket with objects and Parquet manifests that name them. Deterministic: the same options give the same keys, sizes,
 * types and bytes. Streams: memory does not grow with the number of objects.
 */
export async function makeLake(options: LakeOptions): Promise<Lake> {
  const { bucket, objects = 100, manifests = 1, manifestPrefix = 'manifest/', concurrency = 32 } = options
  const plan = {
    seed: options.seed ?? 1,
    objects,
    sizes: options.sizes ?? 'mixed',
    keyPrefix: options.keyPrefix ?? 'data/',
  }
  const { client, release } = clientOf(options)
  try {
    await ensureBucket(client, bucket)
    let bytes = 0
    await forEachConcurrently(
      lakeObjects(plan),
      concurrency,
      async ({ index, key, sizeBytes, contentType }) => {
        const body = lakeBody(plan.seed, index, sizeBytes)
        await client.send(
          new PutObjectCommand({
            Bucket: bucket,
            Key: key,
            Body: body,
            ContentLength: sizeBytes,
            ContentType: contentType,
            Metadata: { 'lake-index': String(index) },
          }),
        )
        bytes += sizeBytes
      },
    )
    const written: Lake['manifests'] = []
    for (let number = 0; number < manifests; number += 1) {
      const from = Math.floor((objects * number) / manifests)
      const to = Math.floor((objects * (number + 1)) / manifests)
      const key = `${manifestPrefix}part-${String(number).padStart(4, '0')}.parquet`
      const { column, rowGroupRows, compression } = options
      const rows = await writeManifest({
        client,
        bucket,
        key,
        rows: lakeObjects(plan, from, to),
        ...(column === undefined ? {} : { column }),
        ...(rowGroupRows === undefined ? {} : { rowGroupRows }),
        ...(compression === undefined ? {} : { compression }),
      })
      written.push({ key, rows })
    }
    return { bucket, objects, bytes, manifests: written, plan }
  } finally {
    release()
  }
}

function clientOf(options: LakeOptions): { client: S3Client; release: () => void } {
  if (options.client !== undefined) return { client: options.client, release: () => {} }
  if (options.endpoint === undefined) {
    throw new TestkitError(
      'LAGOON_TESTKIT_OPTION_INVALID',
      'makeLake has no store',
      'Give it an `endpoint` or a `client`.',
    )
  }
  const client = s3Client(options.endpoint)
  return { client, release: () => client.destroy() }
}

async function ensureBucket(client: S3Client, bucket: string): Promise<void> {
  try {
    await client.send(new CreateBucketCommand({ Bucket: bucket }))
  } catch (error) {
    if ((error as Error).name !== 'BucketAlreadyOwnedByYou') throw error
  }
}
