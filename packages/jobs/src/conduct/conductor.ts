import { isPassing } from '../errors.js'
import type { Job } from '../job.js'
import { decode, encode } from '../records/json.js'
import { CONDUCTOR_STATE } from '../records/names.js'
import type { Role } from '../worker/roles.js'
import { readSample, type LimitMessage, type Share } from './messages.js'

/** A worker that hasn't reported for so many intervals is gone. */
const GONE_AFTER = 5
/** The state is for a conductor that comes after this one: seconds old is good enough. */
const SAVE_EVERY_MS = 5000

/** What the conductor decides from. */
export interface Reports<S extends object> {
  /** The newest sample of each worker, in the order in which they joined. */
  readonly samples: ReadonlyMap<string, S>
  /** What `decide` returned as `state` last, by this conductor or the one before; null at first. */
  readonly state: object | null
}

export interface Verdict {
  readonly shares: ReadonlyMap<string, Share>
  /** Plain data from which a later conductor continues: the limit at least. */
  readonly state: object
}

/** Adds samples up and divides the limit: with `@lagoon/aimd`, `combine`, one controller, and `shares`. */
export type Decide<S extends object> = (reports: Reports<S>) => Verdict

/** Conducts while it has the role; resolves when it was lost or given up. */
export async function conduct<S extends object>(
  job: Job,
  role: Role,
  options: { decide: Decide<S>; intervalMs: number },
): Promise<void> {
  const { clock, channel, records } = job
  const { decide, intervalMs } = options
  const samples = new Map<string, { sample: S; at: number }>()
  const fresh = new Set<string>()
  let complete = Promise.withResolvers<void>()
  const unsubscribe = channel.subscribe('sample', (data) => {
    const message = readSample(data)
    if (message === null) return
    samples.set(message.worker, { sample: message.sample as S, at: clock.now() })
    fresh.add(message.worker)
    if (fresh.size === samples.size) complete.resolve()
  })

  try {
    const stored = await records.get(CONDUCTOR_STATE)
    let state: object | null = stored === null ? null : decode(stored)
    let savedAt = -Infinity
    // Who is there is known after an interval; those who report later are in the next round.
    await clock.sleep(intervalMs, role.signal)
    while (!role.signal.aborted) {
      const now = clock.now()
      for (const [worker, { at }] of samples) {
        if (now - at > intervalMs * GONE_AFTER) samples.delete(worker)
      }
      if (fresh.size > 0) {
        const verdict = decide({
          samples: new Map([...samples].map(([worker, { sample }]) => [worker, sample])),
          state,
        })
        state = verdict.state
        const message: LimitMessage = { term: role.term, shares: Object.fromEntries(verdict.shares) }
        channel.publish('limit', encode(message))
        if (now - savedAt >= SAVE_EVERY_MS) {
          savedAt = now
          await save(job, state)
        }
      }
      fresh.clear()
      complete = Promise.withResolvers()
      // Half an interval at least, so that quick reporters don't decide alone; two at most, for one that is late.
      await clock.sleep(intervalMs / 2, role.signal)
      const late = new AbortController()
      await Promise.race([
        complete.promise,
        clock.sleep(intervalMs * 1.5, AbortSignal.any([role.signal, late.signal])),
      ])
      late.abort()
    }
  } finally {
    unsubscribe()
  }
}

async function save({ records }: Job, state: object): Promise<void> {
  try {
    await records.put(CONDUCTOR_STATE, encode(state))
  } catch (error) {
    if (!isPassing(error)) throw error
  }
}
