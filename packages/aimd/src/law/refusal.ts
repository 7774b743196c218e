import type { Evidence } from './evidence.js'
import type { Model } from './model.js'
import type { Wanted } from './wanted.js'
import { percent } from './wanted.js'

/**
 * What to do about attempts that the store refused: below what went through, at once, when it is clear that this is no chance; null when
 * it is nothing. `wall`: the rate at which it refused is now known. `probing`: the limit is beyond what a known wall lets through.
 */
export function judgeRefusals(
  evidence: Evidence,
  limit: number,
  { base, kneeMs, wall }: Model,
  { probing, decreaseFactor }: { probing: boolean; decreaseFactor: number },
): (Wanted & { wall: boolean }) | null {
  const share = evidence.throttledShare
  // After a drain all come back at once: a short burst says nothing of a wall that is known.
  const cap = wall.cap(kneeMs ?? Infinity)
  const burst = kneeMs !== null && Number.isFinite(cap) && limit <= cap * 1.05
  const sure = evidence.elapsedMs >= 1000 || (share > 0.2 && (probing || !burst))
  if (share <= 0.01 || evidence.throttled < 2 || !sure)
    return share > 0.003 ? { limit, reason: `${percent(share)} throttled`, wall: false } : null
  const rate = evidence.succeeded / evidence.elapsedMs
  const factor = wall.ratePerMs === null ? decreaseFactor : (1 + decreaseFactor) / 2
  if (evidence.succeeded > 0) wall.hit(rate, limit, evidence.succeeded)
  const fits = kneeMs === null ? limit * (1 - share) : rate * kneeMs
  if (base.ms === null && evidence.ended >= 8) base.blend(evidence.timeMs, 1)
  const next = Math.max(limit / 16, Math.min(limit - 1, fits * factor))
  return { limit: next, reason: `${percent(share)} throttled at ${limit}`, wall: true }
}
