import { mkdtemp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { openState } from '@lagoon/state-lmdb'
import { keyOf } from '../dataset/workloads.js'
import type { MicroTask } from './measure-task.js'

const keys = 200_000
const batchRows = 8_192

/** Recording keys as complete, durably, and looking up complete keys. */
export async function stateTasks(folder: string): Promise<MicroTask[]> {
  const batches = [...inBatches(Array.from({ length: keys }, (_, index) => keyOf(index)))]
  const identity = { source: 'bench://source', destination: 'bench://destination' }
  const filled = await openState({ directory: join(folder, 'filled'), identity })
  for (const batch of batches) {
    for (const key of batch) filled.complete(key)
    await filled.idle()
  }
  await filled.flush()
  return [
    {
      name: 'state, record',
      unit: 'key',
      operations: keys,
      async run() {
        const directory = await mkdtemp(join(folder, 'state-'))
        const state = await openState({ directory, identity })
        for (const batch of batches) {
          state.lookup(batch)
          for (const key of batch) state.complete(key)
          await state.idle()
        }
        await state.close()
        await rm(directory, { recursive: true })
      },
    },
    {
      name: 'state, look up',
      unit: 'key',
      operations: keys,
      run() {
        for (const batch of batches) filled.lookup(batch)
      },
      close: () => filled.close(),
    },
  ]
}

function* inBatches(all: readonly string[]): Generator<string[]> {
  for (let start = 0; start < all.length; start += batchRows) yield all.slice(start, start + batchRows)
}
