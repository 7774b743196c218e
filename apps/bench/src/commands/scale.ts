import { captureEnvironment, type Environment } from '../environment.js'
import { benchBucketName } from '../data/lake.js'
import { createProgress } from '../progress.js'
import { createBucketClient } from '../s3/bucket-client.js'
import { measureListing, type ListingResult } from '../scale/measure-listing.js'
import { measureSize, type SizeResult } from '../scale/measure-size.js'
import { identityOf } from '../scale/run-lagoon.js'
import type { Session } from '../session.js'
import { openStores, type StoreChoice } from '../stores/open-stores.js'

export interface ScaleOptions {
  stores: StoreChoice
  /** Sizes of jobs. */
  keys: readonly number[]
  /** Objects of the bucket that is listed; 0 leaves the listing out. */
  objects: number
  command: string
}

export interface ScaleResult {
  kind: 'scale'
  command: string
  environment: Environment
  durationMs: number
  sizes: SizeResult[]
  listing: ListingResult | null
}

/** Most bytes that a key takes in a manifest or an empty object in MinIO. */
const bytesPerKey = 40
const bytesPerObject = 4_096

const stepsOfSize = 6
const stepsOfListing = 2

/** What a job costs as it grows: state, reading, runs; and listing a bucket. */
export async function scale(options: ScaleOptions, session: Session): Promise<ScaleResult> {
  const startedAt = performance.now()
  const needBytes = Math.max(
    options.objects * bytesPerObject,
    ...options.keys.map((keys) => keys * bytesPerKey),
  )
  const pair = await openStores(options.stores, needBytes, session)
  const environment = await captureEnvironment(pair.description, {})
  const steps = options.keys.length * stepsOfSize + (options.objects > 0 ? stepsOfListing : 0)
  const progress = createProgress(steps)
  const job = {
    source: { ...pair.source, bucket: benchBucketName() },
    destination: { ...pair.destination, bucket: benchBucketName() },
    prefix: 'manifest/',
  }
  for (const side of [job.source, job.destination]) {
    const store = createBucketClient(side)
    await store.createBucket(side.bucket)
    session.defer(async () => {
      await store.removeBucket(side.bucket)
      await store.close()
    })
  }
  const sizes: SizeResult[] = []
  if (options.keys.length > 0) {
    const identity = await identityOf(job, session)
    for (const keys of options.keys) sizes.push(await measureSize(keys, { job, identity, session, progress }))
  }
  const listing =
    options.objects === 0 ? null : await measureListing(options.objects, { job, session, progress })
  return {
    kind: 'scale',
    command: options.command,
    environment,
    durationMs: performance.now() - startedAt,
    sizes,
    listing,
  }
}
