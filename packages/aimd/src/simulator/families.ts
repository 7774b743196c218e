import { AimdError } from '../errors.js'
import type { Curve } from './backend.js'
import { bentFamilies } from './bent-families.js'
import { changingFamilies } from './changing-families.js'
import { plain, with_ } from './made.js'
import type { Family, Made } from './made.js'
import { createRandom } from './random.js'
import type { Random } from './random.js'
import type { Scenario } from './scenario.js'

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
  ...changingFamilies,
  ...bentFamilies,
  'four share': (r) => sharing(r, 4),
  'some share': (r) => sharing(r, r.pick([2, 3, 6])),
  'eight share': (r) => sharing(r, 8),
  'many conducted': (r) => conductedSenders(r),
}

/** The families in which several controllers share one backend. */
export const sharingFamilies: ReadonlySet<string> = new Set([
  'four share',
  'some share',
  'eight share',
  'many conducted',
])

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
  const { backend, says: description, conducted = false } = made
  return { family, seed, description, durationMs, backend, instances, conducted }
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

/** Eight to 64 instances under one controller, with late comers, and paths that differ by up to a third. */
function conductedSenders(r: Random): Made {
  const count = r.pick([8, 32, 64])
  const latency = r.logBetween(20, 400)
  const made = with_(
    plain(r, latency, r.logBetween(200, 800)),
    { thrash: r.pick([0, 0.2]) },
    `${count} conducted`,
  )
  const instances = Array.from({ length: count }, (_, index) => ({
    startMs: index * 500,
    work: forever,
    pathMs: r.between(0, latency / 3),
  }))
  return { ...made, instances, conducted: true }
}
