import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { discoverManifests, openManifest } from '@lagoon/manifest'
import { openState, type State } from '@lagoon/state-lmdb'
import { Clock } from './clock.js'
import { scaleKey } from './scale-key.js'
import type { ScaleAnswer, TaskOf } from './scale-tasks.js'
import { storeOf } from './store-of.js'

/** Rows that `lagoon sync` looks up at once while all are complete, and a dry run always. */
const batchRows = 65_536

/** Keys that are looked up, at most: enough to touch the whole range. */
const sampleKeys = 2_000_000

/** A step that is prime to any number of keys that is asked for: lookups jump over the whole range. */
const jump = 7_919

export async function record({ directory, identity, keys, step }: TaskOf<'record'>): Promise<ScaleAnswer> {
  const state = await openState({ directory, identity })
  const clock = new Clock()
  clock.start()
  for (let index = 0; index < keys; index += 1) {
    state.complete(scaleKey(index * step))
    const idle = state.idle()
    if (idle !== null) await idle
  }
  await state.flush()
  clock.stop()
  const { size: fileBytes } = await stat(join(directory, 'state.mdb'))
  await state.close()
  return { keys, ...clock.times, fileBytes }
}

export async function lookUp({ directory, identity, keys }: TaskOf<'look-up'>): Promise<ScaleAnswer> {
  const state = await openState({ directory, identity })
  const total = Math.min(keys, sampleKeys)
  const clock = new Clock()
  for (let done = 0; done < total; done += batchRows) {
    const batch = Array.from({ length: batchRows }, (_, i) => scaleKey(((done + i) * jump) % keys))
    clock.start()
    const answers = state.lookup(batch)
    clock.stop()
    if (answers.some((answer) => answer !== 1)) throw new Error('a complete key is not known')
  }
  await state.close()
  return { keys: Math.ceil(total / batchRows) * batchRows, ...clock.times }
}

export async function finish(task: TaskOf<'finish'>): Promise<ScaleAnswer> {
  const { directory, identity, access, bucket, prefix } = task
  const store = storeOf(access, bucket)
  const state: State = await openState({ directory, identity })
  const clock = new Clock()
  clock.start()
  let keys = 0
  for await (const ref of discoverManifests(store, { prefix })) {
    const { rows, rowGroups } = await openManifest(store, ref, { bucket })
    state.manifest(ref).finish({ rows, rowGroups: rowGroups.length })
    keys += rows
  }
  await state.close()
  await store.close()
  clock.stop()
  return { keys, ...clock.times }
}
