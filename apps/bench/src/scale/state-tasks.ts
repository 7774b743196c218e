import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { discoverManifests, openManifest } from '@lagoon/manifest'
import { openState, type State } from '@lagoon/state-lmdb'
import { scaleKey } from './scale-key.js'
import type { ScaleAnswer, TaskOf } from './scale-tasks.js'
import { storeOf } from './store-of.js'

const batchRows = 8_192

/** Keys that are looked up, at most: enough to touch the whole range. */
const sampleKeys = 2_000_000

/** A step that is prime to any number of keys that is asked for: lookups jump over the whole range. */
const jump = 7_919

export async function record({ directory, identity, keys, step }: TaskOf<'record'>): Promise<ScaleAnswer> {
  const state = await openState({ directory, identity })
  const startedAt = performance.now()
  for (let index = 0; index < keys; index += 1) {
    state.complete(scaleKey(index * step))
    const idle = state.idle()
    if (idle !== null) await idle
  }
  await state.flush()
  const durationMs = performance.now() - startedAt
  const { size: fileBytes } = await stat(join(directory, 'state.mdb'))
  await state.close()
  return { keys, durationMs, fileBytes }
}

export async function lookUp({ directory, identity, keys }: TaskOf<'look-up'>): Promise<ScaleAnswer> {
  const state = await openState({ directory, identity })
  const total = Math.min(keys, sampleKeys)
  let durationMs = 0
  for (let done = 0; done < total; done += batchRows) {
    const batch = Array.from({ length: batchRows }, (_, i) => scaleKey(((done + i) * jump) % keys))
    const startedAt = performance.now()
    const answers = state.lookup(batch)
    durationMs += performance.now() - startedAt
    if (answers.some((answer) => answer !== 1)) throw new Error('a complete key is not known')
  }
  await state.close()
  return { keys: Math.ceil(total / batchRows) * batchRows, durationMs }
}

export async function finish(task: TaskOf<'finish'>): Promise<ScaleAnswer> {
  const { directory, identity, access, bucket, prefix } = task
  const store = storeOf(access, bucket)
  const state: State = await openState({ directory, identity })
  const startedAt = performance.now()
  let keys = 0
  for await (const ref of discoverManifests(store, { prefix })) {
    const { rows, rowGroups } = await openManifest(store, ref, { bucket })
    state.manifest(ref).finish({ rows, rowGroups: rowGroups.length })
    keys += rows
  }
  await state.close()
  await store.close()
  return { keys, durationMs: performance.now() - startedAt }
}
