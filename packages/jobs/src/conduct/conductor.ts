import { isPassing } from '../errors.js'
import type { Job } from '../job.js'
import { decode, encode } from '../records/json.js'
import { CONDUCTOR_STATE } from '../records/names.js'
import type { Role } from '../worker/roles.js'
import { readSample, type LimitMessage, type Share } from './messages.js'

/** A worker that has not reported for this many intervals counts as gone. */
const GONE_AFTER = 5
/** The state is for the next conductor: it may be seconds old. */
const SAVE_EVERY_MS = 5000

/** The input of a decision. */
export interface Reports<S extends object> {
  /** The latest sample of each worker, in the order in which they joined. */
  readonly samples: ReadonlyMap<string, S>
  /** The `state` that `decide` last returned, in this conductor or the one before; null at first. */
  readonly state: object | null
}

export interface Verdict {
  readonly shares: ReadonlyMap<string, Share>
  /** Plain data for the next conductor to continue from: at least the limit. */
  readonly state: object
}

/** Adds up the samples and divides the limit: with `@lagoon/aimd`, `combine`, one controller, and `shares`. */
export type Decide<S extends object> = (reports: Reports<S>) => Verdict

/** Conducts while it holds the role; resolves when the role is lost or released. */
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
    // After one interval the present workers are known; later reports count in the next round.
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
      // At least half an interval, so that fast reporters do not decide alone; at most two, to wait for a late one.
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
