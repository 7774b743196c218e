import type { Evidence } from './evidence.js'
import type { Model } from './model.js'
import type { Reached } from './reach.js'
import type { Mark } from './wanted.js'

/** By how much of the change of the limit the time in the system changed: 1 under a queue of ours, 0 without one. */
export function wentWithLimit(before: Mark, after: { limit: number; timeMs: number }): number {
  return Math.log(after.timeMs / before.timeMs) / Math.log(after.limit / before.limit)
}

/**
 * What a drain says of the base time. A time below the base one, or about it, is folded in by its precision. One
 * above it is believed only if it did not fall with the limit, for then goodput fell instead; with `cautious`
 * (a weight) only in part, because others' queues look the same. A time that fell as much as the limit did was a
 * queue even at the end of the drain.
 */
export function judgeDrain(
  model: Model,
  evidence: Evidence,
  limit: number,
  before: Mark,
  cautious: number | null,
): { factor: number; raised: boolean; stillWaiting: boolean } {
  const { base } = model
  const was = base.ms ?? evidence.timeMs
  const error = model.noise.error(evidence)
  const time = evidence.timeMs
  const fell = time / before.timeMs
  let raised = false
  if (time <= was * (1 + Math.max(0.03, 2 * error))) {
    const alone = !model.company.likely || time < was
    base.correct(time, error, time < was * (1 - 1.2 * error) ? 0.7 : 0.1, alone ? 1 : 0.1)
  } else if (fell > 0.92) {
    if (cautious !== null) base.blend(Math.min(time, was * 1.1), cautious)
    else {
      base.blend(time, fell > 0.96 ? 1 : 0.5)
      raised = true
    }
  }
  const now = base.ms ?? was
  const stillWaiting = fell < Math.min(0.85, (limit * 1.15) / before.limit)
  if (stillWaiting) base.lower(time)
  return { factor: now / was, raised, stillWaiting }
}

/**
 * What a reach says of the backend, beyond the gain: `free` when nothing waits even under twice the limit, so that the path takes longer;
 * `shared` when goodput rose by more than a soft knee explains; `perhaps shared` when that may be so, unless we are `alone`.
 */
export function judgeReach(
  { low, gain, error }: Reached,
  alone: boolean,
): 'free' | 'shared' | 'perhaps shared' | null {
  if (gain - error > FREE) return 'free'
  if (low < LEAST_SHARE) return null
  if (gain - error > SHARED) return 'shared'
  return gain > LARGE && !alone ? 'perhaps shared' : null
}

/** Gains, as parts of the step: of two who share alike a doubling takes 0.42, of four 0.68; a soft knee gives less, the more waits. */
const FREE = 0.92
const SHARED = 0.6
/** One or two more of so few are nobody's loss. */
const LEAST_SHARE = 5
export const LARGE = 0.3
