import { expect, it } from 'vitest'
import { Evidence } from '../src/law/evidence.js'
import { calm } from './backend.js'

/** Two windows: 10 in flight for a second, then 30 for three. */
function twoWindows(): Evidence {
  const evidence = new Evidence()
  evidence.add(calm({ elapsedMs: 1000, inFlight: 10, succeeded: 80, failed: 20, throttled: 50, bytes: 7 }), 0)
  evidence.add(calm({ elapsedMs: 3000, inFlight: 30, succeeded: 270, failed: 30, throttled: 0, bytes: 5 }), 0)
  return evidence
}

/** How many ended in a window in which 100 were seen to end while the number in flight changed. */
function endedWith(change: number, seen = 100): number {
  const evidence = new Evidence()
  evidence.add(calm({ succeeded: seen - seen / 10, failed: seen / 10 }), change)
  return evidence.ended
}

it('without a window nothing is in flight, nothing ends or is refused, and an attempt takes forever', () => {
  const { inFlight, rate, throttledShare, timeMs } = new Evidence()
  expect({ inFlight, rate, throttledShare, timeMs }).toEqual({
    inFlight: 0,
    rate: 0,
    throttledShare: 0,
    timeMs: Infinity,
  })
})

it('an attempt takes what is in flight, times the time, divided by how many ended', () => {
  const evidence = new Evidence()
  evidence.add(calm({ elapsedMs: 1000, inFlight: 16, succeeded: 320 }), 0)
  expect(evidence.timeMs).toBe(50)
  expect(evidence.rate).toBe(0.32)
})

it('a window counts by its length, not as one of several', () => {
  const evidence = twoWindows()
  expect(evidence.inFlight).toBe(25)
  expect(evidence.timeMs).toBe(250)
  expect(evidence.rate).toBe(0.1)
})

it('what failed has ended, too; what was throttled has not, but counts among all attempts', () => {
  const evidence = twoWindows()
  expect(evidence.ended).toBe(400)
  expect(evidence.throttledShare).toBe(50 / 450)
  const refused = new Evidence()
  refused.add(calm({ succeeded: 0, failed: 0, throttled: 9 }), 0)
  expect([refused.ended, refused.throttledShare]).toEqual([0, 1])
})

it('adds up what was counted', () => {
  expect(twoWindows()).toMatchObject({
    elapsedMs: 4000,
    succeeded: 350,
    failed: 50,
    throttled: 50,
    bytes: 12,
    windows: 2,
  })
})

it('half of the change in flight is added to those that ended: they were begun, or were there before', () => {
  expect([endedWith(20), endedWith(-20)]).toEqual([110, 90])
})

it('a change takes away no more than half of those that ended', () => {
  expect([endedWith(-90), endedWith(-300)]).toEqual([55, 50])
})

it('where nothing was seen to end no change makes it so', () => {
  expect([endedWith(20, 0), endedWith(-20, 0)]).toEqual([0, 0])
})

it('a window in which nothing ended makes attempts seem the longer', () => {
  const evidence = new Evidence()
  evidence.add(calm({ elapsedMs: 1000, inFlight: 16, succeeded: 0 }), 0)
  expect(evidence.timeMs).toBe(Infinity)
  evidence.add(calm({ elapsedMs: 1000, inFlight: 16, succeeded: 320 }), 0)
  expect(evidence.timeMs).toBe(100)
})

it('is as new after a reset', () => {
  const evidence = twoWindows()
  evidence.reset()
  expect(evidence).toEqual(new Evidence())
})
