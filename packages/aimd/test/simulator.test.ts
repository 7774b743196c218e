import { describe, expect, it } from 'vitest'
import { createController } from '../src/index.js'
import {
  backend,
  createRandom,
  families,
  heldBackSeeds,
  jain,
  makeScenario,
  oracle,
  score,
  simulateEvents,
  simulateFluid,
  tuneSeeds,
} from '../src/simulator/index.js'
import type { Backend, Engine, Outcome } from '../src/simulator/index.js'

const MINUTE = 60_000

/** Runs a backend under a limit that never changes. */
function fixed(engine: Engine, model: Backend, limit: number, work = Infinity): Outcome {
  const scenario = { family: 'fixed', seed: 1, description: '', durationMs: 5 * MINUTE, backend: model }
  const controller = { limit, intervalMs: 1000, update: () => ({ action: 'hold' as const, reason: '' }) }
  return engine({ ...scenario, instances: [{ startMs: 0, work: () => work }] }, () => controller)
}

describe('the random numbers of the simulator', () => {
  it('are the same for the same seed and others for another', () => {
    const draw = (seed: number): number[] => {
      const random = createRandom(seed)
      return [random.next(), random.normal(), random.lognormal(0.5), random.logBetween(1, 100)]
    }
    expect(draw(7)).toEqual(draw(7))
    expect(draw(7)).not.toEqual(draw(8))
  })

  it('have the mean and the spread they should', () => {
    const random = createRandom(1)
    const count = 50_000
    let [uniform, normal, square, lognormal] = [0, 0, 0, 0]
    for (let n = 0; n < count; n += 1) {
      uniform += random.next()
      const value = random.normal()
      normal += value
      square += value * value
      lognormal += random.lognormal(0.8)
    }
    expect(uniform / count).toBeCloseTo(0.5, 1)
    expect(normal / count).toBeCloseTo(0, 1)
    expect(square / count).toBeCloseTo(1, 1)
    expect(lognormal / count).toBeCloseTo(1, 1)
  })
})

describe('the oracle', () => {
  it('knows the knee, the wall, the bandwidth and the work', () => {
    const at = (change: Partial<Backend>, work = Infinity) => oracle(backend(change), 0, work)
    expect(at({})).toEqual({ knee: 100, perMs: 2 })
    expect(at({ perSecond: () => 1000 })).toEqual({ knee: 50, perMs: 1 })
    expect(at({ bytesPerSecond: () => 4e7 }).knee).toBeCloseTo(20)
    expect(at({}, 10)).toEqual({ knee: 100, perMs: 0.2 })
    expect(at({ outage: () => 'fails' }).perMs).toBe(0)
    expect(at({ failedShare: 0.5 }).perMs).toBe(1)
  })
})

describe('both engines', () => {
  const engines: [string, Engine][] = [
    ['fluid', simulateFluid],
    ['event', simulateEvents],
  ]

  it.each(engines)(
    'give in the %s engine what the oracle says at the knee, and half of it at half the knee',
    (_, engine) => {
      expect(fixed(engine, backend(), 100).goodput).toBeCloseTo(1, 1)
      expect(fixed(engine, backend(), 50).goodput).toBeCloseTo(0.5, 1)
      expect(fixed(engine, backend(), 300).goodput).toBeCloseTo(1, 1)
      expect(fixed(engine, backend(), 300).inFlightOverKnee).toBeCloseTo(3, 1)
    },
  )

  it.each(engines)('lose capacity to overload in the %s engine where a backend thrashes', (_, engine) => {
    expect(fixed(engine, backend({ thrash: 0.5 }), 200).goodput).toBeCloseTo(1 / 1.5, 1)
  })

  it.each(engines)('bend a knee in the %s engine as the formula says', (_, engine) => {
    const model = backend({ bend: 2 })
    const atKnee = fixed(engine, model, 100)
    expect(atKnee.goodput).toBeCloseTo(1 / Math.SQRT2, 1)
    expect(fixed(engine, model, 300).goodput).toBeCloseTo(3 / Math.hypot(1, 3), 1)
  })

  it.each(engines)('give a longer path less of a shared backend in the %s engine', (_, engine) => {
    const controller = {
      limit: 100,
      intervalMs: 1000,
      update: () => ({ action: 'hold' as const, reason: '' }),
    }
    const instances = [0, 150].map((pathMs) => ({ startMs: 0, work: () => Infinity, pathMs }))
    const scenario = { family: 'paths', seed: 1, description: '', durationMs: MINUTE, backend: backend() }
    const run = engine({ ...scenario, instances }, () => controller)
    expect(run.goodput).toBeCloseTo(1, 1)
    expect(run.jain).toBeLessThan(0.95)
  })

  it.each(engines)('let timers of the %s engine end windows late', (_, engine) => {
    const scenario = { family: 'late', seed: 1, description: '', durationMs: MINUTE, backend: backend() }
    const windows = (lateMs: number): number =>
      engine({ ...scenario, instances: [{ startMs: 0, work: () => Infinity, lateMs }] }, () =>
        createController(),
      ).updates
    expect(windows(1000)).toBeLessThan(windows(0))
  })

  it.each(engines)('let one controller conduct all instances of the %s engine', (_, engine) => {
    const controllers: unknown[] = []
    const instances = Array.from({ length: 8 }, (__, index) => ({
      startMs: index * 500,
      work: () => Infinity,
    }))
    const scenario = {
      family: 'conducted',
      seed: 1,
      description: '',
      durationMs: 3 * MINUTE,
      backend: backend(),
    }
    const run = engine({ ...scenario, instances, conducted: true }, () => {
      const controller = createController()
      controllers.push(controller)
      return controller
    })
    expect(controllers).toHaveLength(1)
    expect(run.jain).toBeGreaterThan(0.97)
    expect(run.lateGoodput).toBeGreaterThan(0.97)
    expect(run.inFlightOverKnee).toBeLessThan(1.7)
  })

  it.each(engines)('refuse in the %s engine what a wall does not let through', (_, engine) => {
    const model = backend({ perSecond: () => 1000 })
    expect(fixed(engine, model, 45).throttled).toBeLessThan(0.01)
    const over = fixed(engine, model, 80)
    expect(over.goodput).toBeCloseTo(1, 1)
    expect(over.throttled).toBeGreaterThan(0.2)
  })

  it.each(engines)('share a bandwidth in the %s engine', (_, engine) => {
    const model = backend({ bytesPerSecond: () => 1e8, sizeSpread: 1 })
    expect(fixed(engine, model, 100).goodput).toBeCloseTo(1, 1)
    expect(fixed(engine, model, 20).goodput).toBeLessThan(0.5)
  })

  it.each(engines)('are deterministic: %s', (_, engine) => {
    const scenario = { ...makeScenario('queueing', 3), durationMs: 2 * MINUTE }
    const run = (): Outcome => engine(scenario, () => createController(), { trace: true })
    expect(run()).toEqual(run())
  })

  it.each(engines)('count what an outage of the %s engine takes away, and nothing else', (_, engine) => {
    const down = (timeMs: number): boolean => timeMs >= MINUTE && timeMs < 2 * MINUTE
    for (const kind of ['fails', 'throttles', 'hangs'] as const) {
      const run = fixed(engine, backend({ outage: (timeMs) => (down(timeMs) ? kind : null) }), 100)
      expect(run.goodput).toBeCloseTo(1, 1)
    }
  })

  it('agree on what the law is worth', () => {
    for (const family of ['queueing', 'capacity steps', 'tiny']) {
      const scenario = { ...makeScenario(family, 5), durationMs: 6 * MINUTE }
      const create = () => createController()
      const difference = simulateFluid(scenario, create).goodput - simulateEvents(scenario, create).goodput
      expect(Math.abs(difference)).toBeLessThan(0.04)
    }
  })
})

describe('the scenarios', () => {
  it('exist for every family, with other parameters for every seed', () => {
    for (const family of Object.keys(families)) {
      const some = [1, 2, 3, 4].map((seed) => makeScenario(family, seed))
      expect(new Set(some.map((scenario) => scenario.description)).size).toBeGreaterThan(1)
      expect(Math.min(...some.map((scenario) => scenario.durationMs))).toBeGreaterThanOrEqual(20 * MINUTE)
      expect(Math.max(...some.map((scenario) => scenario.durationMs))).toBeLessThanOrEqual(30 * MINUTE)
    }
  })

  it('refuse a family that does not exist, and name those that do', () => {
    expect(() => makeScenario('moon phase', 1)).toThrow(
      expect.objectContaining({
        code: 'LAGOON_AIMD_INVALID_SCENARIO',
        hint: expect.stringContaining('tiny'),
      }),
    )
  })

  it('keep the seeds they were tuned on apart from those held back', () => {
    expect(heldBackSeeds.filter((seed) => tuneSeeds.includes(seed))).toEqual([])
  })
})

describe("Jain's index", () => {
  it('is 1 when all get the same and 1/n when one gets everything', () => {
    expect(jain([5, 5, 5, 5])).toBe(1)
    expect(jain([8, 0, 0, 0])).toBe(0.25)
    expect(jain([])).toBe(1)
  })
})

describe('on held-back parameters the law', () => {
  const rows = score(() => createController(), { seeds: heldBackSeeds.slice(0, 5) })
  const bent = rows.filter((row) => row.family.startsWith('bent'))
  const others = rows.filter((row) => !row.family.startsWith('bent'))

  it('gets 98 % of what the oracle gets, startup included', () => {
    expect(others.reduce((sum, row) => sum + row.goodput.mean, 0) / others.length).toBeGreaterThan(0.98)
  })

  it.each(others)('gets 94 % in the median of $family', (row) => {
    expect(row.goodput.median).toBeGreaterThan(0.94)
  })

  it.each(bent)('gets what elasticity promises where a knee is $family', (row) => {
    const promised = row.family.includes('8 to 16') ? 0.97 : row.family.includes('4') ? 0.95 : 0.88
    // A few seeds scatter by a per cent.
    expect(row.goodput.mean).toBeGreaterThan(promised - 0.01)
  })

  it('keeps a nearly hard knee at 1.6 times at most', () => {
    const hard = rows.find((row) => row.family === 'bent 8 to 16')
    expect(hard?.inFlightOverKnee.median).toBeLessThan(1.6)
  })

  it('has less than 1 % of the attempts throttled at a wall', () => {
    expect(rows.find((row) => row.family === 'rate wall')?.throttled).toBeLessThan(0.01)
  })

  it.each(['four share', 'some share', 'eight share', 'many conducted'])('is fair: %s', (family) => {
    const sharing = rows.find((row) => row.family === family)
    expect(sharing?.jain).toBeGreaterThan(0.95)
    expect(sharing?.lateGoodput).toBeGreaterThan(0.95)
  })

  it('gets more than the seed preset, which queues many times what the backend serves', () => {
    const seed = score(() => createController({ preset: 'seed' }), { seeds: heldBackSeeds.slice(0, 2) })
    const mean = (of: typeof rows): number => of.reduce((sum, row) => sum + row.goodput.mean, 0) / of.length
    expect(mean(seed)).toBeLessThan(mean(rows) - 0.05)
    const queueing = seed.find((row) => row.family === 'queueing')
    expect(queueing?.inFlightOverKnee.median).toBeGreaterThan(3)
  })
})
