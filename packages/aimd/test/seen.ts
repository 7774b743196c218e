import { Evidence } from '../src/law/evidence.js'

/** So many in flight that took so long each, known to a relative error. */
export function seen(inFlight: number, timeMs: number, error = 0.01): Evidence {
  const ended = 0.25 / error ** 2
  const elapsedMs = (ended * timeMs) / inFlight
  return Object.assign(new Evidence(), { ended, elapsedMs, inFlightMs: ended * timeMs, windows: 1e12 })
}
