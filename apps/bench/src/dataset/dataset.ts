import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { datasetBody, putObjects, s3Client, writeManifest } from '@lagoon/testkit'
import { bytes, number } from '../format.js'
import type { BenchSession } from '../session.js'
import { benchBucketName, createBucket, removeBucket, type BucketAccess } from '../stores/buckets.js'
import type { BenchStores } from '../stores/store-pair.js'
import { madeUpKey } from '../stores/made-up.js'
import { putManifests } from './put-manifests.js'
import { keyOf, type PlannedWorkload } from './workloads.js'

/** A filled source bucket. Everything to copy is under `prefix`; the manifests are beside it. */
export interface BenchDataset {
  bucket: string
  /** Null if only the manifests tell what to copy. */
  prefix: string | null
  manifestPrefix: string
  objects: number
  bytes: number
  /** One key per line. */
  keysFile: string | null
}

const manifestPrefix = 'manifest/'

/** Number of objects after which a line shows the progress of the filling. */
const objectsALine = 20_000

/**
 * Fills the source with a workload, passes it to `use`, and removes it. With `madeUp`, a sandbox generates the objects when they are read,
 * so that it has as many as a long run needs.
 */
export async function withDataset<T>(
  planned: PlannedWorkload,
  { pair, session, madeUp = false }: { pair: BenchStores; session: BenchSession; madeUp?: boolean },
  use: (dataset: BenchDataset) => Promise<T>,
): Promise<T> {
  const { source } = pair
  const bucket = benchBucketName()
  session.say(`${planned.workload.name}: making ${number(planned.objects)} objects, ${bytes(planned.bytes)}`)
  await createBucket(source, bucket)
  try {
    const fill = madeUp && pair.kind === 'sandbox' ? fillMadeUp : fillBucket
    return await use(await fill(source, bucket, planned, session))
  } finally {
    // Stores that the bench started are removed as a whole.
    if (!session.signal.aborted || pair.kind === 'environment') await removeBucket(source, bucket)
  }
}

async function fillBucket(
  source: BucketAccess,
  bucket: string,
  { workload, objects, bytes, seed }: PlannedWorkload,
  { directory, signal, say }: BenchSession,
): Promise<BenchDataset> {
  const rows = Array.from({ length: objects }, (_, index) => {
    const sizeBytes = workload.sizeBytes(index, seed)
    const body = (): Buffer | Readable => {
      if (index > 0 && index % objectsALine === 0) say(`${number(index)} of ${number(objects)} objects made`)
      return datasetBody(seed, index, sizeBytes)
    }
    return { key: keyOf(index), sizeBytes, body }
  })
  await putObjects(source, bucket, rows, { concurrency: 16, signal })
  const client = s3Client(source)
  await writeManifest({ client, bucket, key: `${manifestPrefix}bench.parquet`, rows })
  client.destroy()
  const keysFile = join(directory, `${workload.name}-keys.txt`)
  await writeFile(keysFile, rows.map(({ key }) => key).join('\n'))
  return { bucket, prefix: 'data/', manifestPrefix, objects, bytes, keysFile }
}

async function fillMadeUp(
  source: BucketAccess,
  bucket: string,
  { workload, objects, bytes, seed }: PlannedWorkload,
  { signal }: BenchSession,
): Promise<BenchDataset> {
  const key = (index: number): string => madeUpKey(index, workload.sizeBytes(index, seed))
  await putManifests(source, { bucket, prefix: manifestPrefix }, objects, signal, key)
  return { bucket, prefix: null, manifestPrefix, objects, bytes, keysFile: null }
}
