import type { Curve } from './backend.js'
import { plain, with_ } from './made.js'
import type { Family, Made } from './made.js'
import type { Random } from './random.js'

/** With this spread of durations, as wide as their mean, attempts end as a Poisson process does. */
const POISSON = Math.sqrt(Math.LN2)
/** How far other work on the machine lets its pace wander: deviation of its logarithm. */
const OTHER_WORK = 0.07

/** Families of backends whose knee bends, on machines that are calm and on ones that have other work. */
export const bentFamilies: Readonly<Record<string, Family>> = {
  'bent 8 to 16': (r) => bent(r, 8, 16),
  'bent 4': (r) => bent(r, 4, 4),
  'bent 1 to 2': (r) => bent(r, 1, 2),
  'bent 8 to 16, other work': (r) => withOtherWork(r, bent(r, 8, 16)),
  'bent 4, other work': (r) => withOtherWork(r, bent(r, 4, 4)),
  'bent 1 to 2, other work': (r) => withOtherWork(r, bent(r, 1, 2)),
}

function bent(r: Random, softest: number, hardest: number): Made {
  const bend = r.logBetween(softest, hardest)
  const made = plain(r, r.logBetween(5, 300), r.logBetween(16, 600))
  const lateMs = r.pick([0, 5, 50])
  const instances = [{ startMs: 0, work: () => Infinity, lateMs }]
  return { ...with_(made, { bend, noise: POISSON }, `bend ${bend.toFixed(1)}`), instances }
}

/** The pace wanders in the course of some ten seconds, as where other processes use the machine. */
function withOtherWork(r: Random, made: Made): Made {
  const waves = Array.from({ length: 6 }, () => ({
    periodMs: r.logBetween(8000, 60_000),
    phase: r.between(0, 2 * Math.PI),
  }))
  const size = OTHER_WORK * Math.sqrt(2 / waves.length)
  const pace: Curve = (t) =>
    Math.exp(
      size *
        waves.reduce((sum, { periodMs, phase }) => sum + Math.sin((2 * Math.PI * t) / periodMs + phase), 0),
    )
  const { latencyMs } = made.backend
  return with_(made, { latencyMs: (t) => latencyMs(t) * pace(t) }, 'other work')
}
