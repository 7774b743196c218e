import { CreateBucketCommand, type S3Client } from '@aws-sdk/client-s3'
import { s3Client } from '../s3/s3-client.js'
import type { StoreEndpoint } from '../s3/store-endpoint.js'
import { datasetBody } from './body.js'
import { datasetObjects, type DatasetPlan, type DatasetSizes } from './plan.js'
import { putObjects, type ObjectToPut } from './put-objects.js'
import { writeManifest, type WriteManifestOptions } from './write-manifest.js'

export interface DatasetOptions {
  endpoint: StoreEndpoint
  /** Created if it does not exist. */
  bucket: string
  /** Number of objects; default 100. */
  objects?: number
  /** Default `mixed`: 200 bytes to 2 MiB, heavy-tailed, some empty. A number is that many bytes each. */
  sizes?: DatasetSizes
  /** Number of manifests among which the objects are divided, in order; default 1. */
  manifests?: number
  /** Default `data/`. */
  keyPrefix?: string
  /** Default `manifest/`. */
  manifestPrefix?: string
  /** Seed of everything; default 1. */
  seed?: number
  /** Default `uri`. */
  column?: WriteManifestOptions['column']
  /** Default 10,000. */
  rowGroupRows?: WriteManifestOptions['rowGroupRows']
  /** Default `SNAPPY`. */
  compression?: WriteManifestOptions['compression']
  /** Concurrent uploads; default 32. */
  concurrency?: number
}

export interface Dataset {
  bucket: string
  objects: number
  /** Bytes of the objects, without the manifests. */
  bytes: number
  manifests: { key: string; rows: number }[]
  /** For `datasetObject(plan, i)` and `datasetBytes(plan.seed, i, size)`: the content of the lake, without reading it. */
  plan: DatasetPlan
}

/**
 * Fills a bucket with objects and Parquet manifests that name them. Deterministic: the same options give the same keys, sizes, types and
 * bytes. Memory does not grow with the number of objects.
 */
export async function makeDataset(options: DatasetOptions): Promise<Dataset> {
  const { bucket, objects = 100, manifests = 1, manifestPrefix = 'manifest/', concurrency = 32 } = options
  const plan = {
    seed: options.seed ?? 1,
    objects,
    sizes: options.sizes ?? 'mixed',
    keyPrefix: options.keyPrefix ?? 'data/',
  }
  const client = s3Client(options.endpoint)
  try {
    await ensureBucket(client, bucket)
    let bytes = 0
    const toPut = function* (): Generator<ObjectToPut> {
      for (const object of datasetObjects(plan)) {
        bytes += object.sizeBytes
        const metadata = { 'dataset-index': String(object.index) }
        yield { ...object, metadata, body: () => datasetBody(plan.seed, object.index, object.sizeBytes) }
      }
    }
    await putObjects(options.endpoint, bucket, toPut(), { concurrency })
    const written: Dataset['manifests'] = []
    for (let number = 0; number < manifests; number += 1) {
      const from = Math.floor((objects * number) / manifests)
      const to = Math.floor((objects * (number + 1)) / manifests)
      const key = `${manifestPrefix}part-${String(number).padStart(4, '0')}.parquet`
      const { column, rowGroupRows, compression } = options
      const rows = await writeManifest({
        client,
        bucket,
        key,
        rows: datasetObjects(plan, from, to),
        ...(column === undefined ? {} : { column }),
        ...(rowGroupRows === undefined ? {} : { rowGroupRows }),
        ...(compression === undefined ? {} : { compression }),
      })
      written.push({ key, rows })
    }
    return { bucket, objects, bytes, manifests: written, plan }
  } finally {
    client.destroy()
  }
}

async function ensureBucket(client: S3Client, bucket: string): Promise<void> {
  try {
    await client.send(new CreateBucketCommand({ Bucket: bucket }))
  } catch (error) {
    if ((error as Error).name !== 'BucketAlreadyOwnedByYou') throw error
  }
}
