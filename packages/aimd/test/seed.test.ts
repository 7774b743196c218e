import { array, assert, constantFrom, double, integer, option, property, record } from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createController } from '../src/index.js'
import type { WindowSample } from '../src/index.js'

const calm: WindowSample = {
  elapsedMs: 10_000,
  succeeded: 1000,
  failed: 0,
  throttled: 0,
  bytes: 1e6,
  latencyMs: { p50: 50, p90: 80 },
  inFlight: 16,
}

function seed() {
  return createController({ preset: 'seed' })
}

describe("the seed preset is the Python tool's law", () => {
  it('has its figures as defaults', () => {
    expect(seed().options).toMatchObject({
      minConcurrency: 16,
      maxConcurrency: 1024,
      intervalMs: 10_000,
      errorRateThreshold: 0.1,
      rttSpikeFactor: 3,
      rttSmoothing: 0.25,
      decreaseFactor: 0.95,
      increaseAmount: 32,
      warmupIntervals: 3,
    })
  })

  it('starts at the minimum, asks for 10 s windows, and adds 32 every window up to the maximum', () => {
    const controller = seed()
    expect([controller.limit, controller.intervalMs]).toEqual([16, 10_000])
    const limits = Array.from({ length: 40 }, () => controller.update(calm).limit)
    expect(limits.slice(0, 3)).toEqual([48, 80, 112])
    expect(limits.at(-1)).toBe(1024)
    expect(controller.intervalMs).toBe(10_000)
  })

  it('takes 5 % off when more than 10 % of the attempts failed or were throttled', () => {
    const controller = seed()
    for (let n = 0; n < 6; n += 1) controller.update(calm)
    expect(controller.update({ ...calm, succeeded: 900, failed: 50, throttled: 50 }).limit).toBe(240)
    const decision = controller.update({ ...calm, succeeded: 899, failed: 51, throttled: 50 })
    expect(decision).toMatchObject({ previous: 240, limit: 228, action: 'decrease' })
  })

  it('adds 1 a window from the limit on to which congestion lowered it, and 32 below that', () => {
    const controller = seed()
    for (let n = 0; n < 6; n += 1) controller.update(calm)
    expect(controller.update({ ...calm, failed: 200 }).limit).toBe(197)
    expect([controller.update(calm).limit, controller.update(calm).limit]).toEqual([198, 199])
    controller.setBounds({ maxConcurrency: 100 })
    controller.setBounds({ maxConcurrency: 1024 })
    expect([controller.update(calm).limit, controller.update(calm).limit]).toEqual([132, 164])
  })

  it('takes the minimum as the threshold where congestion would lower the limit below it', () => {
    const controller = seed()
    expect(controller.update({ ...calm, failed: 200 }).limit).toBe(16)
    expect(controller.update(calm).limit).toBe(17)
  })

  it('takes 5 % off when p90 is over three times the smoothed median, from the fourth counted window on', () => {
    const spike = { ...calm, latencyMs: { p50: 50, p90: 151 } }
    const controller = seed()
    const limits = Array.from({ length: 4 }, () => controller.update(spike).limit)
    expect(limits).toEqual([48, 80, 112, 106])
    expect(controller.update({ ...calm, latencyMs: { p50: 50, p90: 150 } }).limit).toBe(107)
  })

  it('counts a window in which every attempt failed, though it has no median', () => {
    const controller = seed()
    const failing = { ...calm, succeeded: 0, failed: 10, latencyMs: null }
    for (let n = 0; n < 3; n += 1) controller.update(failing)
    expect(controller.update({ ...calm, latencyMs: { p50: 50, p90: 151 } }).action).toBe('hold')
    expect(controller.update(calm).limit).toBe(17)
  })

  it('folds a median into the smoothed one by a quarter before it compares', () => {
    const controller = seed()
    for (let n = 0; n < 4; n += 1) controller.update(calm)
    const at60 = controller.update({ ...calm, latencyMs: { p50: 90, p90: 179 } })
    expect(at60.action).toBe('increase')
    expect(controller.update({ ...calm, latencyMs: { p50: 60, p90: 181 } }).action).toBe('decrease')
  })

  it('stays within its bounds and changes nothing without attempts', () => {
    const controller = seed()
    expect(controller.update({ ...calm, succeeded: 0, bytes: 0, latencyMs: null, inFlight: 0 }).limit).toBe(
      16,
    )
    expect(controller.update({ ...calm, succeeded: 0, failed: 10, latencyMs: null }).limit).toBe(16)
  })

  it('says why it changed the limit', () => {
    const controller = seed()
    const reason = (change: Partial<WindowSample>) => controller.update({ ...calm, ...change }).reason
    expect(reason({ succeeded: 0 })).toBe('no attempt ended in the window')
    for (let n = 0; n < 4; n += 1) expect(reason({})).toBe('no congestion')
    expect(reason({ failed: 250 })).toBe('error rate 20.0 %')
    expect(reason({ latencyMs: { p50: 50, p90: 200 } })).toBe('p90 is 4.0 × the smoothed median')
    expect(reason({})).toBe('no congestion, above the slow-start threshold')
    for (let n = 0; n < 2000; n += 1) reason({})
    expect(reason({})).toBe('no congestion, at the maximum')
  })

  it('reports its state: the smoothed median, the last one and the phase', () => {
    const controller = seed()
    expect(controller.state).toEqual({ phase: 'warm-up', baseMs: null, timeInSystemMs: null, wall: null })
    for (let n = 0; n < 3; n += 1) controller.update(calm)
    expect(controller.state).toMatchObject({ phase: 'warm-up', baseMs: 50 })
    controller.update({ ...calm, latencyMs: { p50: 90, p90: 100 } })
    expect(controller.state).toEqual({
      phase: 'slow start',
      baseMs: 60,
      timeInSystemMs: 90,
      wall: null,
    })
    controller.update({ ...calm, failed: 250 })
    expect(controller.state.phase).toBe('congestion avoidance')
  })

  it('decides as the rule does when it is read once more, whatever the windows', () => {
    const count = integer({ min: 0, max: 60 })
    const latency = record({
      p50: integer({ min: 1, max: 300 }),
      spike: constantFrom(1, 1.5, 2.9, 3, 3.1, 6),
    })
    const anyWindow = record({
      succeeded: constantFrom(0, 9, 18, 90, 900),
      failed: constantFrom(0, 0, 1, 2, 10, 100, 101),
      throttled: count.map((n) => (n > 50 ? n : 0)),
      latency: option(latency),
      elapsedMs: double({ min: 1, max: 20_000, noNaN: true }),
    }).map(({ latency: seen, ...window }): WindowSample => {
      const latencyMs = seen === null ? null : { p50: seen.p50, p90: seen.p50 * seen.spike }
      return { ...calm, ...window, latencyMs }
    })
    assert(
      property(array(anyWindow, { minLength: 1, maxLength: 120 }), (windows) => {
        const controller = seed()
        expect(windows.map((window) => controller.update(window).limit)).toEqual(transcribed(windows))
      }),
      { numRuns: 300 },
    )
  })
})

/** The rule of the Python tool as a step from one state to the next, with its figures and bounds written out. */
function transcribed(windows: readonly WindowSample[]): number[] {
  let [limit, threshold, counted] = [16, 0, 0]
  let smoothed: number | undefined
  return windows.map(({ succeeded, failed, throttled, latencyMs }) => {
    const bad = failed + throttled
    if (succeeded + bad === 0) return limit
    counted += 1
    if (latencyMs !== null)
      smoothed = smoothed === undefined ? latencyMs.p50 : 0.75 * smoothed + 0.25 * latencyMs.p50
    const slow = counted >= 4 && latencyMs !== null && smoothed !== undefined && latencyMs.p90 > 3 * smoothed
    if (10 * bad > succeeded + bad || slow) limit = threshold = Math.max(16, Math.floor(0.95 * limit))
    else if (limit < 1024) limit = Math.min(1024, limit + (threshold > 0 && limit >= threshold ? 1 : 32))
    return limit
  })
}
