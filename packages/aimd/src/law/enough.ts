import type { Evidence } from './evidence.js'
import type { Experiments } from './experiments.js'
import type { Model } from './model.js'
import type { Phase } from './wanted.js'

/**
 * Is there enough evidence to judge? Several times what an attempt takes, always; in steady state as soon as it is
 * clear whether too many or too few wait, and what stays unclear must not take long. An experiment ends when its
 * result is precise, or costs too much.
 */
export function enough(evidence: Evidence, phase: Phase, model: Model, experiments: Experiments): boolean {
  const small = phase === 'steady' && evidence.inFlight < 16
  if (evidence.ended < (small ? 16 : 8) || evidence.inFlightMs <= 0) return false
  const knee = model.kneeMs
  if (phase === 'ramp') return evidence.elapsedMs >= evidence.timeMs * (knee === null ? 1.8 : 1.9)
  const time = Math.min(evidence.timeMs, 2 * (knee ?? Infinity))
  const times = evidence.elapsedMs / time
  if (times < 2) return false
  const error = model.noise.error(evidence)
  if (phase !== 'steady') {
    if (experiments.reaching) return times > model.noise.toEven && evidence.elapsedMs >= REACH_MS
    return (
      error < PRECISE || (times > experiments.patience && evidence.windows >= model.noise.windowsFor(PRECISE))
    )
  }
  if (knee === null) return times >= 3
  if (evidence.timeMs > knee * (1.5 + 3 * error)) return true
  const off = Math.abs(model.waiting(evidence) - model.allowed(evidence))
  if (off > 1.5 * error * evidence.inFlight) return times >= 3
  return evidence.elapsedMs > Math.max(4000, 12 * time)
}

const PRECISE = 0.025
/** A store may put off a part of its work for a moment, so that right after a step down it seems to lose nothing. */
const REACH_MS = 1000
