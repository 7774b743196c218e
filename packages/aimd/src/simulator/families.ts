import { AimdError } from '../errors.js'
import { backend } from './backend.js'
import type { Backend, Curve, Outage } from './backend.js'
import { createRandom } from './random.js'
import type { Random } from './random.js'
import type { Instance, Scenario } from './scenario.js'

type Made = { backend: Backend; instances?: Instance[]; says: string }
type Family = (random: Random) => Made

const MINUTE = 60_000
const forever: Curve = () => Infinity

/** Every family of backends, by name; each makes a backend with parameters drawn from a random stream. */
export const families: Readonly<Record<string, Family>> = {
  'long path': (r) => {
    const [latency, knee] = [r.logBetween(200, 2000), r.between(400, 900)]
    return { ...plain(r, latency, knee) }
  },
  queueing: (r) => plain(r, r.logBetween(5, 500), r.logBetween(8, 600)),
  fast: (r) => plain(r, r.logBetween(1, 6), r.logBetween(2, 64)),
  thrashing: (r) => {
    const thrash = r.between(0.2, 1)
    return with_(
      plain(r, r.logBetween(10, 400), r.logBetween(8, 500)),
      { thrash },
      `thrash ${thrash.toFixed(2)}`,
    )
  },
  'noisy latency': (r) =>
    with_(plain(r, r.logBetween(10, 600), r.logBetween(8, 600)), { noise: r.between(0.6, 1) }, 'very noisy'),
  'random errors': (r) => {
    const failedShare = r.between(0.01, 0.04)
    const says = `${(failedShare * 100).toFixed(1)} % fail`
    return with_(plain(r, r.logBetween(10, 400), r.logBetween(10, 500)), { failedShare }, says)
  },
  'rate wall': (r) => {
    const latency = r.logBetween(8, 400)
    const wall = r.logBetween(20, 600)
    const perSecond = (wall / latency) * 1000
    const made = plain(r, latency, Math.min(2000, wall * r.between(1.3, 4)))
    const change = { perSecond: () => perSecond, rejectMs: r.logBetween(5, 200) }
    return with_(made, change, `wall at ${perSecond.toFixed(0)}/s, ${wall.toFixed(0)} in flight`)
  },
  'capacity steps': (r) => {
    const [latency, knee] = [r.logBetween(10, 400), r.logBetween(24, 800)]
    const [down, up] = [r.between(5, 9) * MINUTE, r.between(12, 18) * MINUTE]
    const change = { knee: (t: number) => (t >= down && t < up ? knee / 4 : knee), thrash: r.between(0, 0.3) }
    return with_(plain(r, latency, knee), change, 'a quarter for a while')
  },
  drift: (r) => {
    const [latency, knee, period] = [r.logBetween(10, 400), r.logBetween(16, 600), r.between(12, 60) * MINUTE]
    const [swing, slow] = [r.between(0.2, 0.5), r.between(0, 0.3)]
    const wave = (t: number, size: number): number => 1 + size * Math.sin((2 * Math.PI * t) / period)
    const change = {
      knee: (t: number) => knee * wave(t, swing),
      latencyMs: (t: number) => latency * wave(t, -slow),
    }
    return with_(plain(r, latency, knee), change, `knee ±${(swing * 100).toFixed(0)} %`)
  },
  'slower path': (r) => {
    const [latency, factor, at] = [r.logBetween(10, 300), r.between(1.3, 3), r.between(6, 14) * MINUTE]
    const knee = r.logBetween(16, 400)
    const change = {
      latencyMs: (t: number) => (t < at ? latency : latency * factor),
      knee: (t: number) => (t < at ? knee : knee * factor),
    }
    return with_(
      plain(r, latency, knee),
      change,
      `latency × ${factor.toFixed(1)} at ${(at / MINUTE).toFixed(0)} min`,
    )
  },
  'little work, then bursts': (r) => {
    const made = plain(r, r.logBetween(10, 400), r.logBetween(24, 600))
    const knee = made.backend.knee(0)
    const [low, every] = [Math.max(1, knee * r.between(0.05, 0.4)), r.between(2, 6) * MINUTE]
    const work = (t: number): number => (Math.floor(t / every) % 2 === 0 ? low : Infinity)
    return { ...made, instances: [{ startMs: 0, work }] }
  },
  tiny: (r) => plain(r, r.logBetween(10, 2000), Math.round(r.between(1, 8))),
  'shared bandwidth': (r) => {
    const [latency, size] = [r.logBetween(10, 200), r.logBetween(2e5, 2e7)]
    const wire = r.logBetween(4, 300)
    const bytesPerSecond = ((wire * size) / latency) * 1000
    const change = {
      bytesPerSecond: () => bytesPerSecond,
      objectBytes: () => size,
      sizeSpread: r.between(0.8, 1.8),
      queueSeen: 0,
    }
    return with_(
      plain(r, latency, 2000),
      change,
      `${(bytesPerSecond / 1e6).toFixed(0)} MB/s, knee ${wire.toFixed(0)}`,
    )
  },
  outage: (r) => {
    const [from, kind] = [r.between(6, 12) * MINUTE, r.pick<Outage>(['fails', 'throttles', 'hangs'])]
    const change: Partial<Backend> = { outage: (t) => (t >= from && t < from + MINUTE ? kind : null) }
    return with_(plain(r, r.logBetween(10, 500), r.logBetween(8, 600)), change, `${kind} for 60 s`)
  },
  'size change': (r) => {
    const [latency, small, at] = [r.logBetween(10, 100), r.logBetween(2e4, 2e5), r.between(6, 14) * MINUTE]
    const large = small * r.logBetween(20, 400)
    const ease = r.logBetween(5e6, 1e8)
    const bytesPerSecond = ease * r.logBetween(4, 60)
    const big = (t: number): boolean => Math.floor(t / at) % 2 === 1
    const change: Partial<Backend> = {
      objectBytes: (t) => (big(t) ? large : small),
      latencyMs: (t) => latency + ((big(t) ? large : small) / ease) * 1000,
      bytesPerSecond: () => bytesPerSecond,
      queueSeen: 0,
    }
    return with_(
      plain(r, latency, r.logBetween(100, 600)),
      change,
      `${(small / 1e3).toFixed(0)} kB, then ${(large / 1e6).toFixed(0)} MB`,
    )
  },
  'four share': (r) => sharing(r, 4),
  'some share': (r) => sharing(r, r.pick([2, 3, 6])),
}

/** The families in which several controllers share one backend. */
export const sharingFamilies: ReadonlySet<string> = new Set(['four share', 'some share'])

/** The scenario of a family with the parameters that a seed gives it. Throws `LAGOON_AIMD_INVALID_SCENARIO`. */
export function makeScenario(family: string, seed: number): Scenario {
  const make = families[family]
  if (make === undefined) {
    const names = Object.keys(families).join(', ')
    throw new AimdError(
      'LAGOON_AIMD_INVALID_SCENARIO',
      `There is no family '${family}'`,
      `Use one of: ${names}.`,
    )
  }
  let hash = seed
  for (const letter of family) hash = (Math.imul(hash, 31) + letter.charCodeAt(0)) | 0
  const random = createRandom(hash)
  const made = make(random)
  const durationMs = Math.round(random.between(20, 30)) * MINUTE
  const instances = made.instances ?? [{ startMs: 0, work: forever }]
  return { family, seed, description: made.says, durationMs, backend: made.backend, instances }
}

function plain(r: Random, latency: number, wanted: number): Made {
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

function with_(made: Made, change: Partial<Backend>, says: string): Made {
  return { ...made, backend: { ...made.backend, ...change }, says: `${made.says}, ${says}` }
}

function sharing(r: Random, count: number): Made {
  const made = plain(r, r.logBetween(20, 400), r.logBetween(60, 800))
  const together = r.next() < 0.3
  const instances = Array.from({ length: count }, (_, index) => ({
    startMs: together ? 0 : Math.round(index * r.between(0.5, 2)) * MINUTE,
    work: forever,
  }))
  return {
    ...made,
    instances,
    says: `${made.says}, ${count} instances${together ? '' : ', one after the other'}`,
  }
}
