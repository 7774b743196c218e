import type { Job } from '../job.js'
import { isPassing } from '../errors.js'
import { encode } from '../records/json.js'
import { roleKey } from '../records/names.js'

/** Roles that at most one worker of a job holds at a time. */
export type RoleName = 'planner' | 'sweeper' | 'conductor'

/** A role that this worker holds as long as it renews it. */
export interface Role {
  readonly name: RoleName
  /** Increases with each holder of the role. */
  readonly term: number
  /** Aborts when the role was lost or released. */
  readonly signal: AbortSignal
  /** Releases the role, so that another worker can take it immediately. */
  release(): Promise<void>
}

/**
 * Takes a free role; null if another worker holds it. It is renewed three times per period, and lost when that fails.
 *
 * @param options.ttlMs time after which the role of a dead worker is free; at least 1,000, default 10,000
 */
export async function takeRole(
  job: Job,
  name: RoleName,
  worker: string,
  { ttlMs = 10_000 }: { ttlMs?: number } = {},
): Promise<Role | null> {
  const { records, clock } = job
  const key = roleKey(name)
  // Unique to this holder, so that a claim whose response was lost can be distinguished from another worker's.
  const value = encode({ worker, token: crypto.randomUUID() })
  let renewedAt = clock.now()
  let revision = await records.create(key, value, { ttlMs })
  if (revision === null) return null
  const term = revision
  const over = new AbortController()
  const mostMs = (ttlMs * 2) / 3

  const renew = async (): Promise<void> => {
    while (!over.signal.aborted) {
      await clock.sleep(ttlMs / 3, over.signal)
      if (over.signal.aborted) return
      const beganAt = clock.now()
      try {
        const next = await records.replace(key, value, revision!, { ttlMs })
        if (next === null) return over.abort(new Error(`the role ${name} belongs to another worker`))
        revision = next
        renewedAt = beganAt
      } catch (error) {
        if (!isPassing(error)) return over.abort(error)
        const stored = await records.get(key).catch(() => null)
        if (stored !== null && Buffer.from(stored.value).equals(value)) revision = stored.revision
      }
    }
  }
  /** Well before another worker can take it, whatever the engine responds. */
  const watch = async (): Promise<void> => {
    for (let left = mostMs; left > 0 && !over.signal.aborted; left = renewedAt + mostMs - clock.now()) {
      await clock.sleep(left, over.signal)
    }
    over.abort(new Error(`the role ${name} could not be renewed`))
  }
  void renew()
  void watch()

  return {
    name,
    term,
    signal: over.signal,
    async release() {
      if (over.signal.aborted) return
      over.abort(new Error(`the role ${name} was given up`))
      await records.delete(key, revision!).catch(() => false)
    },
  }
}
