import { existsSync } from 'node:fs'
import type { FailureRecord } from '@lagoon/state-lmdb'
import type { RetryFilter } from '@lagoon/sync'
import { stateDirectories } from '../status/state-directories.js'

/** Where failures are recorded: a state directory, or a job on a queue. */
export interface FailureSource {
  /** `name` is for people; `recorded` counts those of every class and code. */
  describe(): Promise<{ readonly name: string; readonly exists: boolean; readonly recorded: number }>
  /** Each with the key that the manifest named. */
  records(filter: RetryFilter): AsyncIterable<FailureRecord>
}

/** Failures of a state, or with `*` of all states that the pattern matches. */
export function failuresOfStates(pattern: string): FailureSource {
  if (!pattern.includes('*')) return failuresOfState(pattern)
  const sources = stateDirectories(pattern).map(failuresOfState)
  return {
    async describe() {
      const all = await Promise.all(sources.map((source) => source.describe()))
      const recorded = all.reduce((sum, each) => sum + each.recorded, 0)
      return { name: pattern, exists: all.length > 0, recorded }
    },
    async *records(filter) {
      for (const source of sources) yield* source.records(filter)
    },
  }
}

/** Reads beside a running process too. */
function failuresOfState(directory: string): FailureSource {
  const open = async () => (await import('@lagoon/state-lmdb')).openStateReadOnly({ directory })
  return {
    async describe() {
      const state = await open()
      const { failed } = state.counts()
      await state.close()
      return { name: directory, exists: existsSync(directory), recorded: failed }
    },
    async *records({ manifest, ...filter }) {
      const state = await open()
      try {
        for (const failure of state.failures(filter))
          if (manifest === undefined || failure.manifest.key === manifest) yield asNamed(failure)
      } finally {
        await state.close()
      }
    },
  }
}

/** The state's own key holds the key at the destination, too, where a manifest names one. */
export function asNamed(failure: FailureRecord): FailureRecord {
  const key = (failure.job as { key?: string } | undefined)?.key
  return key === undefined ? failure : { ...failure, key }
}
