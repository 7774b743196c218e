import { backend } from './backend.js'
import type { Backend } from './backend.js'
import type { Random } from './random.js'
import type { Instance } from './scenario.js'

/** What a family draws from a random stream. */
export type Made = { backend: Backend; instances?: Instance[]; conducted?: boolean; says: string }
export type Family = (random: Random) => Made

/** A backend that queues and has no other property. */
export function plain(r: Random, latency: number, wanted: number): Made {
  const knee = Math.max(1, Math.round(wanted))
  const made = backend({
    latencyMs: () => latency,
    knee: () => knee,
    noise: r.between(0, 0.6),
    queueSeen: r.pick([0, 0.5, 1]),
    rejectMs: latency,
  })
  return { backend: made, says: `${latency.toFixed(0)} ms, knee ${knee}` }
}

/** The same with another property. */
export function with_(made: Made, change: Partial<Backend>, says: string): Made {
  return { ...made, backend: { ...made.backend, ...change }, says: `${made.says}, ${says}` }
}
