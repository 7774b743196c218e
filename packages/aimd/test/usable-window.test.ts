import { expect, it } from 'vitest'
import { usableWindow } from '../src/usable-window.js'
import { calm } from './backend.js'

it('a window is used as it is when all of it can have been measured', () => {
  expect(usableWindow(calm())).toEqual(calm())
})

it('a window of a millisecond is one, a shorter one is none', () => {
  expect(usableWindow(calm({ elapsedMs: 1 }))).toEqual(calm({ elapsedMs: 1 }))
  expect(usableWindow(calm({ elapsedMs: 0.99 }))).toBeNull()
})

it('a latency that is null and one that is left out are the same', () => {
  const { latencyMs: _, ...without } = calm()
  expect(usableWindow(calm({ latencyMs: null }))).toEqual({ ...without, latencyMs: null })
  expect(usableWindow(without as never)).toEqual({ ...without, latencyMs: null })
})

it.each([Number.NaN, Infinity, 0, -1])('a latency of %d tells nothing', (time) => {
  for (const latencyMs of [
    { p50: time, p90: 70 },
    { p50: 45, p90: time },
  ])
    expect(usableWindow(calm({ latencyMs }))).toEqual(calm({ latencyMs: null }))
})

it('a p90 below the median is the median', () => {
  const latencyMs = { p50: 45, p90: 40 }
  expect(usableWindow(calm({ latencyMs }))?.latencyMs).toEqual({ p50: 45, p90: 45 })
})
