import { array, assert, constantFrom, double, integer, oneof, option, property, record } from 'fast-check'
import { describe, expect, it } from 'vitest'
import { AimdError, createController, resolveOptions } from '../src/index.js'
import type { ControllerOptions, Observation, WindowSample } from '../src/index.js'
import { calm, drive } from './backend.js'

describe('the options of a controller', () => {
  it('have the defaults that the README says', () => {
    expect(resolveOptions()).toEqual({
      preset: 'adaptive',
      minConcurrency: 1,
      maxConcurrency: 1024,
      startConcurrency: 16,
      intervalMs: 2000,
      minIntervalMs: 250,
      errorRateThreshold: 0.1,
      rttSpikeFactor: 3,
      rttSmoothing: 0.25,
      decreaseFactor: 0.95,
      increaseAmount: 32,
      warmupIntervals: 1,
      queueFactor: 1,
      onDecision: null,
    })
  })

  const impossible: [string, Partial<ControllerOptions>][] = [
    ['a minimum above the maximum', { minConcurrency: 20, maxConcurrency: 10 }],
    ['a minimum of zero', { minConcurrency: 0 }],
    ['half a permit', { maxConcurrency: 1.5 }],
    ['a start outside the bounds', { startConcurrency: 2000 }],
    ['an interval of zero', { intervalMs: 0 }],
    ['an interval that is not a number', { intervalMs: Number.NaN }],
    ['a shortest interval above the longest', { minIntervalMs: 5000 }],
    ['a share above one', { errorRateThreshold: 1.1 }],
    ['an invalid spike factor', { rttSpikeFactor: 1 }],
    ['no smoothing', { rttSmoothing: 0 }],
    ['a decrease that increases', { decreaseFactor: 1 }],
    ['an increase of nothing', { increaseAmount: 0 }],
    ['a negative warm-up', { warmupIntervals: -1 }],
    ['no queue at all', { queueFactor: 0 }],
    ['a preset that does not exist', { preset: 'vegas' as 'seed' }],
  ]
  it.each(impossible)('refuse %s', (_, options) => {
    expect(() => createController(options)).toThrow(AimdError)
    expect(() => createController(options)).toThrow(
      expect.objectContaining({
        code: 'LAGOON_AIMD_INVALID_OPTION',
        hint: expect.stringContaining('README'),
      }),
    )
  })
})

describe('a controller', () => {
  it.each(['adaptive', 'seed'] as const)('%s: keeps to bounds that change during the run', (preset) => {
    const controller = createController({ preset, maxConcurrency: 200, warmupIntervals: 0 })
    const window = (): WindowSample => ({
      elapsedMs: 1000,
      succeeded: 100 * controller.limit,
      failed: 0,
      throttled: 0,
      bytes: 1,
      latencyMs: { p50: 10, p90: 12 },
      inFlight: controller.limit,
    })
    for (let n = 0; n < 20; n += 1) controller.update(window())
    controller.setBounds({ maxConcurrency: 20 })
    expect(controller.limit).toBe(20)
    controller.update(window())
    expect(controller.limit).toBeLessThanOrEqual(20)
    controller.setBounds({ minConcurrency: 40, maxConcurrency: 50 })
    expect(controller.limit).toBe(40)
    controller.update(window())
    expect(controller.limit).toBeGreaterThanOrEqual(40)
    expect(() => controller.setBounds({ minConcurrency: 60 })).toThrow(AimdError)
    expect(controller.options).toMatchObject({ minConcurrency: 40, maxConcurrency: 50 })
  })

  it('holds its limit when a window says nothing', () => {
    const nothing: Partial<WindowSample>[] = [
      { elapsedMs: 0 },
      { elapsedMs: -5 },
      { inFlight: Number.NaN },
      { succeeded: Number.NaN },
      { bytes: -1 },
      { elapsedMs: Infinity },
      { succeeded: 0, bytes: 0, inFlight: 0, latencyMs: null },
    ]
    for (const preset of ['adaptive', 'seed'] as const) {
      const controller = createController({ preset })
      for (const change of nothing) expect(controller.update(calm(change)).action).toBe('hold')
      expect(controller.limit).toBe(16)
      expect(controller.update(calm({ elapsedMs: 0 })).reason).toBe('not a measurement')
    }
  })

  it('lets every decision be observed with its window and the state after it', () => {
    const seen: Observation[] = []
    const controller = createController({ onDecision: (observation) => seen.push(observation) })
    drive(controller, { latencyMs: 50, knee: 100 }, 30_000)
    expect(seen.length).toBeGreaterThan(20)
    expect(seen.every(({ decision }) => decision.reason.length > 0)).toBe(true)
    expect(seen.map(({ state }) => state.phase)).toContain('drain')
    const limits = seen.map(({ decision }) => [decision.previous, decision.limit])
    expect(limits.slice(1).every(([previous], index) => previous === limits[index]?.[1])).toBe(true)
    expect(seen.at(-1)?.decision.limit).toBe(controller.limit)
  })

  it('decides the same on the same windows', () => {
    const run = (): number[] => drive(createController(), { latencyMs: 70, knee: 90 }, 120_000)
    expect(run()).toEqual(run())
  })

  const count = oneof(integer({ min: 0, max: 5 }), integer({ min: 0, max: 100_000 }))
  const time = double({ min: 0, max: 60_000, noNaN: false })
  const latency = option(record({ p50: double({ min: -1, max: 1e5 }), p90: double({ min: -1, max: 1e5 }) }))
  const anything = record({
    elapsedMs: oneof(constantFrom(0, 250, 1000, 10_000), time),
    succeeded: count,
    failed: count,
    throttled: count,
    bytes: double({ min: 0, max: 1e12 }),
    latencyMs: latency,
    inFlight: double({ min: 0, max: 2000 }),
  })
  /** With at least one in flight where something ended, as it must have been. */
  const possible = anything.map((window) => ({ ...window, inFlight: Math.max(1, window.inFlight) }))
  const bounds = record({ low: integer({ min: 1, max: 64 }), more: integer({ min: 0, max: 2000 }) })

  it('keeps an integer limit within its bounds and a sane interval, whatever the windows', () => {
    assert(
      property(
        array(anything, { maxLength: 120 }),
        bounds,
        constantFrom('adaptive', 'seed'),
        (windows, given, preset) => {
          const bound = { minConcurrency: given.low, maxConcurrency: given.low + given.more }
          const controller = createController({ ...bound, preset: preset as 'adaptive' | 'seed' })
          const sane = windows.every((window) => {
            const decision = controller.update(window)
            const { limit, intervalMs } = controller
            const within = limit >= bound.minConcurrency && limit <= bound.maxConcurrency
            const timed = intervalMs > 0 && intervalMs <= controller.options.intervalMs
            return Number.isInteger(limit) && within && timed && decision.limit === limit
          })
          expect(sane).toBe(true)
        },
      ),
      { numRuns: 300 },
    )
  })

  it('finds the knee of a calm backend again, whatever it went through before', () => {
    assert(
      property(array(possible, { maxLength: 60 }), (windows) => {
        const controller = createController()
        for (const window of windows) controller.update(window)
        const last = drive(controller, { latencyMs: 40, knee: 50 }, 30 * 60_000).slice(-60)
        const typical = last.toSorted((a, b) => a - b)[30]
        expect(typical).toBeGreaterThanOrEqual(45)
        expect(typical).toBeLessThanOrEqual(100)
      }),
      // A run is half an hour of windows: to shrink a failure would take hours, and the seed repeats it.
      { numRuns: 60, endOnFailure: true },
    )
  })
})
