import { describe, expect, test } from 'vitest'
import { describeVerdict } from '../src/commands/controller.js'
import { accountOf, type RunAccount } from '../src/controller/account.js'
import { aroundBest, verdictOf } from '../src/controller/verdict.js'
import type { TimedRun } from '../src/run/run-timed.js'

/** A run with one point per second: nothing in the first ten, then `perSecond` objects of ten bytes. */
function run(seconds: number, perSecond: number, throttledFrom = Infinity): TimedRun {
  const progress = Array.from({ length: seconds }, (_, index) => {
    const time = index + 1
    const completed = Math.max(0, time - 10) * perSecond
    const throttled = Math.max(0, time - throttledFrom) * perSecond
    const rates = { objectsPerSecond: perSecond, bytesPerSecond: perSecond * 10, limit: 9 }
    return { timeMs: time * 1000, ...rates, inFlight: time, completed, bytes: completed * 10, throttled }
  })
  const none = { throttledShare: 0, latencies: null }
  const totals = { completed: 0, bytes: 0, objectsPerSecond: 1, bytesPerSecond: 10 }
  return { ...totals, ...none, timeline: { progress, decisions: [] } }
}

describe('the figures of a run', () => {
  test('include the ramp in one figure and exclude it from the other', () => {
    const account = accountOf(run(40, 100), { seconds: 40, settleSeconds: 20 })
    expect(account).toMatchObject({ objectsPerSecond: 75, bytesPerSecond: 750, steadyBytesPerSecond: 1000 })
    expect(account.inFlight).toBe(30)
  })

  test('exclude the time it took to end', () => {
    expect(accountOf(run(80, 100), { seconds: 40, settleSeconds: 20 }).objectsPerSecond).toBe(75)
  })

  test('distinguish refusals of the first minute from later ones', () => {
    const early = accountOf(run(120, 100, 0), { seconds: 60, settleSeconds: 20 })
    expect(early.throttledLater).toBeNull()
    const late = accountOf(run(120, 100, 60), { seconds: 120, settleSeconds: 20 })
    expect(late.throttledLater).toBeCloseTo(0.5, 10)
    expect(late.throttled).toBeLessThan(0.4)
  })

  test('are those of the whole run if it ended before the first second', () => {
    const account = accountOf(run(0, 100), { seconds: 40, settleSeconds: 20 })
    expect(account).toMatchObject({ objectsPerSecond: 1, bytesPerSecond: 10, steadyBytesPerSecond: null })
  })
})

describe('the verdict', () => {
  const account = (bytesPerSecond: number): RunAccount => ({
    bytesPerSecond,
    objectsPerSecond: 1,
    steadyBytesPerSecond: bytesPerSecond * 1.1,
    throttled: 0.01,
    throttledLater: null,
    inFlight: 4,
  })

  test('compares the controller with the fixed concurrency of the best median, not the best run', () => {
    const verdict = verdictOf([
      { concurrency: 4, runs: [account(100), account(100), account(100)] },
      { concurrency: 8, runs: [account(50), account(300), account(50)] },
      { concurrency: 'controller', runs: [account(97), account(98), account(99)] },
    ])
    expect(verdict?.best).toBe(4)
    expect(verdict?.whole.median).toBeCloseTo(0.98, 10)
    expect(describeVerdict('small', verdict)).toContain('best fixed concurrency (4) the controller gets 98 %')
  })

  test('is missing if there is nothing to compare', () => {
    expect(verdictOf([{ concurrency: 4, runs: [account(1)] }])).toBeNull()
    expect(verdictOf([{ concurrency: 'controller', runs: [account(1)] }])).toBeNull()
  })
})

test('the best fixed concurrency of the short runs and its neighbours are measured again', () => {
  const account = {
    objectsPerSecond: 1,
    steadyBytesPerSecond: null,
    throttled: 0,
    throttledLater: null,
    inFlight: 1,
  }
  const screened = (rates: readonly number[]) =>
    rates.map((bytesPerSecond, index) => ({
      concurrency: 2 ** index,
      runs: [{ ...account, bytesPerSecond }],
    }))
  expect(aroundBest(screened([10, 30, 50, 40, 20]))).toEqual([2, 4, 8])
  expect(aroundBest(screened([50, 30, 20]))).toEqual([1, 2])
  expect(aroundBest(screened([10, 20, 30]))).toEqual([2, 4])
})
