import { describe, expect, it } from 'vitest'
import { createController } from '../src/index.js'
import { createRandom } from '../src/simulator/index.js'
import { calm, drive, timeUntil, windowOf } from './backend.js'
import type { Plain } from './backend.js'

const MINUTE = 60_000

/** The middle of what it did in the last third. */
function typical(limits: readonly number[]): number {
  const last = limits.slice(Math.floor((limits.length * 2) / 3)).toSorted((a, b) => a - b)
  return last[Math.floor(last.length / 2)] ?? 0
}

describe('the adaptive law', () => {
  it('starts at 16 without being told, and at the minimum when one is given', () => {
    expect(createController().limit).toBe(16)
    expect(createController({ minConcurrency: 4 }).limit).toBe(4)
    expect(createController({ maxConcurrency: 8 }).limit).toBe(8)
    expect(createController({ startConcurrency: 100 }).limit).toBe(100)
  })

  it('is at 900 on a path of 200 ms within four seconds', () => {
    const path = { latencyMs: 200, knee: 5000 }
    const took = timeUntil(createController(), path, (limit) => limit >= 900, MINUTE)
    expect(took).toBeLessThan(4000)
  })

  it('does not end its startup because a few attempts happen to be slow', () => {
    const controller = createController()
    controller.update(calm({ elapsedMs: 125, succeeded: 12, inFlight: 16 }))
    const { limit } = controller.update(calm({ elapsedMs: 350, succeeded: 24, inFlight: 32 }))
    expect(limit).toBe(64)
  })

  it('settles near the knee of a backend that queues', () => {
    const limits = drive(createController(), { latencyMs: 50, knee: 100 }, 5 * MINUTE)
    expect(typical(limits)).toBeGreaterThanOrEqual(98)
    expect(typical(limits)).toBeLessThanOrEqual(160)
  })

  it('takes a queue at the destination, which no first byte shows, for what it is', () => {
    const controller = createController()
    for (let n = 0; n < 300; n += 1) {
      const window = windowOf({ latencyMs: 50, knee: 60 }, controller.limit, controller.intervalMs)
      controller.update({ ...window, latencyMs: { p50: 20, p90: 25 } })
    }
    expect(controller.limit).toBeLessThan(100)
  })

  it('is not misled by a noisy time to first byte', () => {
    const controller = createController()
    for (let n = 0; n < 300; n += 1) {
      const window = windowOf({ latencyMs: 50, knee: 200 }, controller.limit, controller.intervalMs)
      controller.update({ ...window, latencyMs: { p50: 20 + (n % 7) * 30, p90: 100 + (n % 5) * 500 } })
    }
    expect(controller.limit).toBeGreaterThan(180)
  })

  it('backs off at once from throttles, below what went through', () => {
    const controller = createController({ startConcurrency: 200 })
    drive(controller, { latencyMs: 100, knee: 5000 }, 1000)
    const before = controller.limit
    const wall = { latencyMs: 100, knee: 5000, perSecond: 1000 }
    const decision = controller.update(windowOf(wall, before, 1000))
    expect(decision).toMatchObject({ action: 'decrease', previous: before })
    expect(decision.limit).toBeLessThanOrEqual(100)
    expect(decision.reason).toMatch(/throttled/)
  })

  it('finds a wall again gently: less than one attempt in a hundred is throttled, and little goodput given up', () => {
    const controller = createController()
    const wall = { latencyMs: 100, knee: 5000, perSecond: 1000 }
    drive(controller, wall, 2 * MINUTE)
    const total = { succeeded: 0, throttled: 0, elapsedMs: 0 }
    while (total.elapsedMs < 10 * MINUTE) {
      const window = windowOf(wall, controller.limit, controller.intervalMs)
      controller.update(window)
      total.succeeded += window.succeeded
      total.throttled += window.throttled
      total.elapsedMs += window.elapsedMs
    }
    expect(total.throttled / (total.throttled + total.succeeded)).toBeLessThan(0.01)
    expect(total.succeeded / total.elapsedMs).toBeGreaterThan(0.97)
  })

  it('comes up again when the wall is gone', () => {
    const controller = createController()
    drive(controller, { latencyMs: 100, knee: 5000, perSecond: 1000 }, 5 * MINUTE)
    expect(controller.limit).toBeLessThan(110)
    drive(controller, { latencyMs: 100, knee: 400 }, 4 * MINUTE)
    expect(controller.limit).toBeGreaterThan(380)
  })

  it('tolerates errors of two per cent', () => {
    const limits = drive(createController(), { latencyMs: 50, knee: 100, failedShare: 0.02 }, 5 * MINUTE)
    expect(typical(limits)).toBeGreaterThan(95)
  })

  it('cuts the limit when more than the threshold fail', () => {
    const controller = createController()
    drive(controller, { latencyMs: 50, knee: 100 }, MINUTE)
    const before = controller.limit
    const decision = controller.update(windowOf({ latencyMs: 50, knee: 100, failedShare: 0.3 }, before, 1000))
    expect(decision.action).toBe('decrease')
    expect(decision.reason).toMatch(/^30 % failed, down to \d+$/)
  })

  it('goes back to where it was when no smaller limit makes errors fewer', () => {
    const controller = createController()
    drive(controller, { latencyMs: 50, knee: 100 }, MINUTE)
    drive(controller, { latencyMs: 50, knee: 100, failedShare: 0.2 }, 5 * MINUTE)
    expect(controller.limit).toBeGreaterThan(90)
  })

  it('follows capacity down to a quarter and up again', () => {
    const controller = createController()
    drive(controller, { latencyMs: 50, knee: 400 }, 2 * MINUTE)
    const down = timeUntil(controller, { latencyMs: 50, knee: 100 }, (limit) => limit <= 160, MINUTE)
    expect(down).toBeLessThan(20_000)
    drive(controller, { latencyMs: 50, knee: 100 }, 3 * MINUTE)
    const up = timeUntil(controller, { latencyMs: 50, knee: 400 }, (limit) => limit >= 380, 5 * MINUTE)
    expect(up).toBeLessThan(60_000)
  })

  it('stays put while there is too little work, however long', () => {
    const controller = createController()
    drive(controller, { latencyMs: 50, knee: 100 }, 2 * MINUTE)
    const before = controller.limit
    const limits = drive(controller, { latencyMs: 50, knee: 100, work: 7 }, 10 * MINUTE)
    expect(new Set(limits)).toEqual(new Set([before]))
  })

  it('does not raise a limit that work never reached', () => {
    const limits = drive(createController(), { latencyMs: 50, knee: 1000, work: 5 }, 10 * MINUTE)
    expect(Math.max(...limits)).toBe(16)
  })

  it('keeps 32 in flight for a tiny backend where fewer are no faster, and goes below where they are', () => {
    expect(typical(drive(createController(), { latencyMs: 100, knee: 3 }, 10 * MINUTE))).toBe(32)
    const harmed = { latencyMs: 100, knee: 6, thrash: 0.5 }
    expect(typical(drive(createController(), harmed, 10 * MINUTE))).toBeLessThan(17)
  })

  it('never goes below a minimum that was given', () => {
    const limits = drive(
      createController({ minConcurrency: 16 }),
      { latencyMs: 100, knee: 1, thrash: 1 },
      10 * MINUTE,
    )
    expect(Math.min(...limits)).toBe(16)
  })

  it.each([
    ['fails', { succeeded: 0, failed: 2000 }],
    ['throttles', { succeeded: 0, throttled: 2000 }],
    ['hangs', { succeeded: 0 }],
  ])('survives an outage of a minute that %s, and is back with the first window after it', (_, ended) => {
    const controller = createController()
    const backend = { latencyMs: 50, knee: 300 }
    drive(controller, backend, 2 * MINUTE)
    const before = controller.limit
    for (let n = 0; n < 60; n += 1) {
      controller.update(calm({ bytes: 0, latencyMs: null, inFlight: controller.limit, ...ended }))
    }
    controller.update(windowOf(backend, controller.limit, 1000))
    expect(controller.limit).toBeGreaterThanOrEqual(before * 0.9)
  })

  it('holds only a few attempts against a backend that is down', () => {
    const controller = createController()
    drive(controller, { latencyMs: 50, knee: 300 }, 2 * MINUTE)
    for (let n = 0; n < 10; n += 1) {
      controller.update(calm({ succeeded: 0, failed: 500, latencyMs: null, inFlight: controller.limit }))
    }
    expect(controller.limit).toBeLessThanOrEqual(4)
    expect(controller.state.phase).toBe('outage')
  })

  it('learns the base time again when objects become a hundred times larger, and again when they shrink', () => {
    const controller = createController()
    const thumbnails = { latencyMs: 30, knee: 60, bytesEach: 50_000 }
    const videos = { latencyMs: 900, knee: 40, bytesEach: 10_000_000 }
    drive(controller, thumbnails, 3 * MINUTE)
    expect(typical(drive(controller, videos, 5 * MINUTE))).toBeGreaterThanOrEqual(38)
    expect(typical(drive(controller, thumbnails, 3 * MINUTE))).toBeGreaterThanOrEqual(57)
    expect(controller.limit).toBeLessThan(110)
  })

  it('does not take a path that became longer for a queue', () => {
    const controller = createController()
    drive(controller, { latencyMs: 50, knee: 200 }, 3 * MINUTE)
    drive(controller, { latencyMs: 120, knee: 480 }, 3 * MINUTE)
    expect(controller.limit).toBeGreaterThan(440)
  })

  it('asks for short windows while it learns, and for the longest when nothing changes', () => {
    const controller = createController()
    expect(controller.intervalMs).toBe(125)
    drive(controller, { latencyMs: 5, knee: 50 }, MINUTE)
    expect(controller.intervalMs).toBeGreaterThanOrEqual(125)
    expect(createController({ intervalMs: 100 }).intervalMs).toBe(50)
  })

  it.each([
    [64, 50, 0.1],
    [300, 200, 0.1],
    [300, 200, 0.2],
    [900, 1000, 0.1],
  ])(
    'is not led astray where whole windows are faster and slower: knee %i, %i ms, sigma %d',
    (knee, latencyMs, sigma) => {
      const random = createRandom(48)
      const weather = () => random.lognormal(sigma)
      const limits = drive(createController(), { latencyMs, knee, weather }, 20 * MINUTE)
      expect(typical(limits)).toBeGreaterThan(0.9 * knee)
      expect(typical(limits)).toBeLessThan(2 * knee)
    },
  )

  /** The share of all that a soft backend can do that it does under the limit. */
  const goodput = (soft: Plain, limit: number): number => {
    const { succeeded, elapsedMs } = windowOf(soft, limit, 100_000)
    return ((succeeded / elapsedMs) * soft.latencyMs) / soft.knee
  }

  it('goes beyond the soft knee of a few within a minute, where that gains goodput', () => {
    const controller = createController()
    // As two servers on two cores: each attempt more makes all others slower.
    const soft = { latencyMs: 1, knee: 2, sharpness: 1 }
    drive(controller, soft, MINUTE)
    expect(goodput(soft, controller.limit)).toBeGreaterThan(0.85)
    drive(controller, soft, 10 * MINUTE)
    expect(goodput(soft, controller.limit)).toBeGreaterThan(0.85)
    expect(controller.limit).toBeLessThan(80)
  })

  it('climbs a soft knee of many within two minutes, and then stops', () => {
    const controller = createController()
    const soft = { latencyMs: 50, knee: 64, sharpness: 2 }
    drive(controller, soft, 2 * MINUTE)
    expect(goodput(soft, controller.limit)).toBeGreaterThan(0.82)
    drive(controller, soft, 20 * MINUTE)
    expect(goodput(soft, controller.limit)).toBeGreaterThan(0.82)
    expect(controller.limit).toBeLessThan(8 * 64)
  })

  it('stays at a knee that is nearly hard, and hardly queues where overload costs capacity', () => {
    const bent = drive(createController(), { latencyMs: 50, knee: 100, sharpness: 8 }, 10 * MINUTE)
    expect(typical(bent)).toBeGreaterThan(105)
    expect(typical(bent)).toBeLessThan(160)
    const harmed = drive(createController(), { latencyMs: 50, knee: 100, thrash: 0.5 }, 10 * MINUTE)
    expect(typical(harmed)).toBeGreaterThan(90)
    expect(typical(harmed)).toBeLessThan(112)
  })

  it('does not give way to a pause or a slow spell of a few seconds', () => {
    const controller = createController()
    const backend = { latencyMs: 20, knee: 200 }
    drive(controller, backend, MINUTE)
    const before = controller.limit
    for (let spell = 0; spell < 10; spell += 1) {
      drive(controller, { ...backend, latencyMs: 60 }, 4000)
      drive(controller, backend, 20_000)
    }
    expect(controller.limit).toBeGreaterThan(0.8 * before)
  })

  it('is not paralysed by attempts that end in bursts', () => {
    const controller = createController()
    drive(controller, { latencyMs: 300, knee: 64 }, MINUTE)
    // Others queue so much that all of its attempts take four seconds, and end together.
    const limits = new Set<number>()
    let sinceBurstMs = 0
    for (let passedMs = 0; passedMs < 10 * MINUTE; passedMs += controller.intervalMs) {
      const { limit, intervalMs: elapsedMs } = controller
      limits.add(limit)
      sinceBurstMs += elapsedMs
      const succeeded = sinceBurstMs >= 4000 ? limit : 0
      if (succeeded > 0) sinceBurstMs -= 4000
      controller.update(calm({ elapsedMs, succeeded, inFlight: limit, latencyMs: null }))
    }
    expect(Math.max(...limits)).toBeGreaterThan(500)
  })

  it('tells in words what it tried and what came of it', () => {
    const reasons: string[] = []
    const controller = createController({ onDecision: ({ decision }) => reasons.push(decision.reason) })
    drive(controller, { latencyMs: 50, knee: 100 }, 5 * MINUTE)
    expect(reasons).toContainEqual(expect.stringMatching(/^\d+ in flight are as fast as fewer, trying \d+$/))
    expect(reasons).toContainEqual(expect.stringMatching(/^tried \d+ in flight, not faster, back to \d+$/))
    expect(reasons).toContainEqual(expect.stringMatching(/^attempts take \d+ ms with no queue, back to \d+$/))
    drive(controller, { latencyMs: 50, knee: 100, perSecond: 800 }, MINUTE)
    expect(reasons).toContainEqual(expect.stringMatching(/ throttled at \d+, down to \d+$/))
  })

  it('stays at the soft knee of a few on a machine that is now slower, now faster', () => {
    const random = createRandom(7)
    let pace = 0
    const weather = () => {
      pace = 0.95 * pace + 0.02 * random.normal()
      return Math.exp(pace)
    }
    const soft = { latencyMs: 1, knee: 2, sharpness: 1, weather }
    const controller = createController()
    const limits = drive(controller, soft, 20 * MINUTE)
    expect(goodput({ latencyMs: 1, knee: 2, sharpness: 1 }, typical(limits))).toBeGreaterThan(0.85)
  })

  it('leaves a wall of a single attempt alone', () => {
    const controller = createController()
    const wall = { latencyMs: 100, knee: 5000, perSecond: 10 }
    drive(controller, wall, 5 * MINUTE)
    const limits = drive(controller, wall, 10 * MINUTE)
    expect(limits.filter((limit) => limit > 1).length).toBeLessThan(0.15 * limits.length)
  })

  it('says what it believes', () => {
    const controller = createController()
    drive(controller, { latencyMs: 50, knee: 100 }, 3 * MINUTE)
    const { baseMs, timeInSystemMs, wall } = controller.state
    expect(baseMs).toBeGreaterThan(48)
    expect(baseMs).toBeLessThan(54)
    expect(timeInSystemMs).toBeGreaterThan(48)
    expect(wall).toBeNull()
  })
})
