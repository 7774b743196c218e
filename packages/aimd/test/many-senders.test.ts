import { array, assert, constant, nat, oneof, property } from 'fast-check'
import { describe, expect, it } from 'vitest'
import { combine, createController, shares } from '../src/index.js'
import type { WindowSample } from '../src/index.js'

const sample: WindowSample = {
  elapsedMs: 1000,
  succeeded: 100,
  failed: 2,
  throttled: 1,
  bytes: 5000,
  latencyMs: { p50: 40, p90: 80 },
  inFlight: 8,
}

describe('combine adds up what several senders measured', () => {
  it('sums counts, bytes and what is in flight, and weighs latencies by successes', () => {
    const slow = { ...sample, succeeded: 300, latencyMs: { p50: 80, p90: 120 } }
    expect(combine([sample, slow])).toEqual({
      elapsedMs: 1000,
      succeeded: 400,
      failed: 4,
      throttled: 2,
      bytes: 10_000,
      latencyMs: { p50: 70, p90: 110 },
      inFlight: 16,
    })
  })

  it('is the sample itself for one sender, and any iterable will do', () => {
    expect(combine(new Set([sample]))).toEqual(sample)
  })

  it("keeps the time that attempts take by Little's law where windows differ in length", () => {
    const half = { ...sample, elapsedMs: 500, succeeded: 50 }
    const { inFlight, elapsedMs, succeeded } = combine([sample, half])
    expect((inFlight * elapsedMs) / succeeded).toBeCloseTo((8 * 1000 + 8 * 500) / 150)
  })

  it('leaves out what cannot have been measured, and makes of nothing a window that holds the limit', () => {
    expect(combine([sample, { ...sample, elapsedMs: 0 }, { ...sample, succeeded: Number.NaN }])).toEqual(
      sample,
    )
    const none = combine([])
    expect(none.latencyMs).toBeNull()
    expect(createController().update(none).action).toBe('hold')
  })

  it('has no latency where nothing succeeded', () => {
    expect(combine([{ ...sample, succeeded: 0, latencyMs: null }]).latencyMs).toBeNull()
  })
})

const demand = oneof(nat(200), constant(Infinity))
const anyone = [nat(2000), array(demand, { minLength: 1, maxLength: 64 })] as const

describe('shares divides a limit by demand', () => {
  it('gives each what it asks for as long as an equal part suffices, and the rest to the others', () => {
    expect(shares(100, [10, Infinity, Infinity])).toEqual([10, 45, 45])
    expect(shares(10, [Infinity, Infinity, Infinity, Infinity])).toEqual([2, 2, 3, 3])
  })

  it('spreads what nobody asks for, so that work that grows meets no limit of before', () => {
    expect(shares(100, [10, 30])).toEqual([40, 60])
    expect(shares(8, [0, 0])).toEqual([4, 4])
  })

  it('leaves some without where there are more senders than the limit', () => {
    expect(shares(2, [5, 5, 5]).toSorted()).toEqual([0, 1, 1])
    expect(shares(0, [5])).toEqual([0])
    expect(shares(5, [])).toEqual([])
  })

  it.each([-1, 1.5, Number.NaN, Infinity])('refuses to divide a limit of %s', (limit) => {
    expect(() => shares(limit, [1])).toThrow(expect.objectContaining({ code: 'LAGOON_AIMD_INVALID_LIMIT' }))
  })

  it.each([-1, Number.NaN])('refuses a demand of %s and says whose it is', (wrong) => {
    expect(() => shares(10, [1, wrong])).toThrow(`demand 1 is ${wrong}, but must not be negative`)
  })

  it('adds up to the limit, in integers', () => {
    assert(
      property(...anyone, (limit, demands) => {
        const given = shares(limit, demands)
        expect(given.reduce((a, b) => a + b, 0)).toBe(limit)
        expect(given.every((share) => Number.isSafeInteger(share) && share >= 0)).toBe(true)
      }),
    )
  })

  it('leaves nobody wanting while another has more by two', () => {
    assert(
      property(...anyone, (limit, demands) => {
        const given = shares(limit, demands)
        const wanting = given.filter((share, sender) => share < demands[sender]!)
        expect(Math.max(...given) - Math.min(...wanting, Infinity)).toBeLessThanOrEqual(1)
      }),
    )
  })
})
