import { describe, expect, it } from 'vitest'
import { BelievedTime } from '../src/law/believed-time.js'
import type { Believed } from '../src/law/believed-time.js'
import { Evidence } from '../src/law/evidence.js'

/** So uncertain that it says nothing: what is believed after it is what was expected before it. */
const USELESS = 1e6

function measured(timeMs: number, inFlight = 12): Evidence {
  const ended = (inFlight * 1000) / timeMs
  return Object.assign(new Evidence(), { elapsedMs: 1000, inFlightMs: inFlight * 1000, ended, windows: 1 })
}

/** 100 ms were believed under a limit of 100, with an error of a tenth. */
function known(): BelievedTime {
  const believed = new BelievedTime()
  believed.update(measured(100), 100, 0.1, 100)
  return believed
}

/** What is believed after a second measurement, under the same limit. */
const then = (timeMs: number, error: number): Believed => known().update(measured(timeMs), 100, error, 100)

describe('what is believed of a time', () => {
  it('is the first measurement as it is', () => {
    const first = new BelievedTime().update(measured(80, 16), 100, 0.1, null)
    expect(first.inFlight).toBe(16)
    expect(first.timeMs).toBeCloseTo(80, 6)
    expect(first.rate).toBeCloseTo(0.2, 6)
    expect(first.error).toBeCloseTo(0.1, 6)
  })

  it('is halfway to a second one that is as good, and the better known for it', () => {
    const second = then(144, Math.sqrt(0.02))
    expect(second.timeMs).toBeCloseTo(120, 6)
    expect(second.error).toBeCloseTo(0.1, 6)
    expect(second.rate).toBeCloseTo(0.1, 6)
    expect(then(69.4444444, Math.sqrt(0.02)).timeMs).toBeCloseTo(83.3333, 3)
  })

  it('goes less far to one that is worse', () => {
    const second = then(146.41, Math.sqrt(0.06))
    expect(second.timeMs).toBeCloseTo(110, 6)
    expect(second.error).toBeCloseTo(Math.sqrt(0.015), 6)
  })

  it('is a measurement without an error, whatever it was before', () => {
    expect(then(144, 0).timeMs).toBeCloseTo(144, 6)
    expect(then(144, 0).error).toBe(0)
  })

  it('is averaged up to three standard errors, and beyond that the measurement at once', () => {
    const by = (off: number): number => Math.log(then(100 * Math.exp(off), Math.sqrt(0.02)).timeMs / 100)
    expect(by(0.59)).toBeCloseTo(0.295, 6)
    expect(by(-0.59)).toBeCloseTo(-0.295, 6)
    expect(by(0.61)).toBeCloseTo(0.5789, 4)
    expect(by(-0.61)).toBeCloseTo(-0.5789, 4)
  })

  it('is as uncertain as the measurement after one that was believed at once', () => {
    expect(then(1000, 0.1).error).toBeCloseTo(0.1, 3)
  })

  it('is less certain with each moment that says nothing', () => {
    const believed = known()
    const errors = [1, 2, 3].map(() => believed.update(measured(100), 100, USELESS, 100).error)
    expect(errors).toEqual([0.02, 0.03, 0.04].map((variance) => expect.closeTo(Math.sqrt(variance), 6)))
  })

  it('is nothing when it is to be forgotten, nor is the limit', () => {
    const believed = known()
    believed.forget()
    const first = believed.update(measured(40), 50, 0.2, 10)
    expect(first.timeMs).toBeCloseTo(40, 6)
    expect(first.error).toBeCloseTo(0.2, 6)
    expect(believed.update(measured(40), 50, USELESS, 10).timeMs).toBeCloseTo(40, 6)
  })
})

describe('what is expected after a change of the limit', () => {
  const expected = (limit: number, baseMs: number | null, timeMs = 100): Believed =>
    known().update(measured(timeMs), limit, USELESS, baseMs)

  it('is what it was, where nothing waited and the limit went down', () => {
    expect(expected(50, 100).timeMs).toBeCloseTo(100, 4)
    expect(expected(50, 100).error).toBeCloseTo(Math.sqrt(0.02), 6)
    expect(expected(50, 150).timeMs).toBeCloseTo(100, 4)
  })

  it('is between a time that follows the limit and one that stays, where attempts wait', () => {
    expect(expected(50, 20).timeMs).toBeCloseTo(Math.sqrt(100 * 50), 4)
    expect(expected(200, 20).timeMs).toBeCloseTo(Math.sqrt(100 * 200), 4)
    expect(expected(200, 100).timeMs).toBeCloseTo(Math.sqrt(100 * 200), 4)
  })

  it('follows the limit down no further than to the base time', () => {
    expect(expected(50, 81).timeMs).toBeCloseTo(90, 4)
  })

  it('takes the measurement for the base time where none is known', () => {
    expect(expected(50, null, 64).timeMs).toBeCloseTo(80, 4)
  })

  it('is the less certain, the further apart the two are', () => {
    expect(expected(50, 20).error).toBeCloseTo(Math.sqrt(0.02 + (Math.log(2) / 2) ** 2), 6)
    expect(expected(50, 81).error).toBeCloseTo(Math.sqrt(0.02 + Math.log(1 / 0.9) ** 2), 6)
  })

  it('is the same again while the limit stays where it went', () => {
    const believed = known()
    believed.update(measured(100), 50, USELESS, 20)
    expect(believed.update(measured(100), 50, USELESS, 20).timeMs).toBeCloseTo(Math.sqrt(100 * 50), 4)
  })
})
