import { discoverManifests, openManifest } from '@lagoon/manifest'
import { Clock } from './clock.js'
import type { ScaleAnswer, TaskOf } from './scale-tasks.js'
import { storeOf } from './store-of.js'

export async function read({ access, bucket, prefix }: TaskOf<'read'>): Promise<ScaleAnswer> {
  const store = storeOf(access, bucket)
  const clock = new Clock()
  clock.start()
  let keys = 0
  for await (const ref of discoverManifests(store, { prefix })) {
    const manifest = await openManifest(store, ref, { bucket })
    for await (const batch of manifest.batches()) keys += batch.keys.length
  }
  clock.stop()
  await store.close()
  return { keys, ...clock.times }
}
