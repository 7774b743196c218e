import { bentBy, servedAtOnce } from './backend.js'
import type { Backend } from './backend.js'

/** What one who knows the backend would do at a moment. */
export interface OracleView {
  /** The smallest number in flight that gets all there is: the knee of the goodput. */
  knee: number
  /** Objects a ms that land with it. */
  perMs: number
}

/**
 * The best fixed concurrency at a moment and its goodput: no more in flight than are served at once, than the
 * wall lets through, than there is work. `work` is how many attempts the senders could have in flight together.
 */
export function oracle(model: Backend, timeMs: number, work: number): OracleView {
  const latencyMs = model.latencyMs(timeMs)
  const wall = (model.perSecond(timeMs) * latencyMs) / 1000
  const knee = Math.max(1, Math.min(servedAtOnce(model, timeMs), wall))
  if (model.outage(timeMs) !== null) return { knee, perMs: 0 }
  const possible = Math.min(MAX_IN_FLIGHT, work)
  const served =
    model.bend === Infinity ? servedAtOnce(model, timeMs) : possible / bentBy(model, timeMs, possible)
  const best = Math.min(served, wall, work)
  return { knee, perMs: (best / latencyMs) * (1 - model.failedShare) }
}

/** Goodput below a soft knee rises without limit: the oracle keeps as many in flight as a controller may by default. */
const MAX_IN_FLIGHT = 1024
