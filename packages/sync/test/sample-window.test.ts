import { expect, it } from 'vitest'
import { SampleWindow } from '../src/copy/sample-window.js'

it('counts attempts by result, and their bytes', () => {
  const window = new SampleWindow(0)
  window.succeeded(100, 5)
  window.succeeded(50, 7)
  window.failed()
  window.throttled()
  expect(window.close(1000)).toMatchObject({
    elapsedMs: 1000,
    succeeded: 2,
    failed: 1,
    throttled: 1,
    bytes: 150,
  })
})

it('has no latency without a success', () => {
  const window = new SampleWindow(0)
  window.failed()
  expect(window.close(10).latencyMs).toBeNull()
})

it('estimates percentiles of the time to first byte within nine per cent', () => {
  const window = new SampleWindow(0)
  for (let ms = 1; ms <= 1000; ms += 1) window.succeeded(1, ms)
  const { p50, p90 } = window.close(1).latencyMs!
  expect(p50 / 500).toBeGreaterThan(0.91)
  expect(p50 / 500).toBeLessThan(1.09)
  expect(p90 / 900).toBeGreaterThan(0.91)
  expect(p90 / 900).toBeLessThan(1.09)
})

it('accepts the shortest and the longest latency without leaving its range', () => {
  const window = new SampleWindow(0)
  window.succeeded(1, 0)
  expect(window.close(1).latencyMs!.p50).toBeLessThan(0.1)
  window.succeeded(1, 1e12)
  expect(Number.isFinite(window.close(2).latencyMs!.p50)).toBe(true)
})

it('averages the number in flight over time, across windows', () => {
  const window = new SampleWindow(0)
  window.inFlightChanged(4, 0)
  window.inFlightChanged(0, 500)
  expect(window.close(1000).inFlight).toBe(2)
  window.inFlightChanged(6, 1000)
  expect(window.close(2000).inFlight).toBe(6)
  expect(window.close(3000).inFlight).toBe(6)
})

it('starts over after it was closed', () => {
  const window = new SampleWindow(0)
  window.succeeded(1, 1)
  window.close(5)
  expect(window.close(9)).toEqual({
    elapsedMs: 4,
    succeeded: 0,
    failed: 0,
    throttled: 0,
    bytes: 0,
    latencyMs: null,
    inFlight: 0,
  })
})

it('has the present number in flight if it lasted no time', () => {
  const window = new SampleWindow(0)
  window.inFlightChanged(3, 0)
  expect(window.close(0)).toMatchObject({ elapsedMs: 0, inFlight: 3 })
})
