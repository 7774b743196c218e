import { putManifests } from '../scale/put-manifests.js'
import { createBucketClient } from '../s3/bucket-client.js'
import type { StoreAccess } from '../s3/sign-request.js'
import { benchBucketName, type Lake } from './lake.js'
import { madeUpKey } from './made-up-keys.js'
import type { Workload } from './workloads.js'

/** Manifests of a workload in a store that makes the objects up when they are read: as many as one likes. */
export async function makeMadeUpLake(options: {
  access: StoreAccess
  workload: Workload
  objects: number
  seed: number
  signal: AbortSignal
}): Promise<Lake> {
  const { access, workload, objects, seed, signal } = options
  const bucket = benchBucketName()
  const prefix = 'manifest/'
  const store = createBucketClient(access)
  try {
    await store.createBucket(bucket)
    let bytes = 0
    await putManifests(store, { bucket, prefix }, objects, signal, (index) => {
      const size = workload.sizeBytes(index, seed)
      bytes += size
      return madeUpKey(index, size)
    })
    return {
      bucket,
      prefix: null,
      manifestPrefix: prefix,
      objects,
      bytes,
      keysFile: null,
      remove: async () => {},
    }
  } finally {
    await store.close()
  }
}
