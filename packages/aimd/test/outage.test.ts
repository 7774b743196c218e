import { expect, it } from 'vitest'
import { Outage } from '../src/law/outage.js'
import { calm } from './backend.js'

const gone = calm({ succeeded: 0, failed: 4 })
const half = calm({ succeeded: 1, failed: 2 })

function during(): Outage {
  const outage = new Outage()
  outage.judge(gone, 100, 120, 45)
  return outage
}

it('an outage is one when four attempts fail or are throttled and hardly any succeeds', () => {
  const judge = (change: object) => new Outage().judge(calm(change), 100, 120, 45)
  expect(judge({ succeeded: 0, failed: 4 })).toMatchObject({ limit: 25 })
  expect(judge({ succeeded: 0, failed: 2, throttled: 2 })).toMatchObject({ limit: 25 })
  expect(judge({ succeeded: 0, failed: 3 })).toBeNull()
  expect(judge({ succeeded: 9, failed: 100 })).toMatchObject({ limit: 25 })
  expect(judge({ succeeded: 10, failed: 100 })).toBeNull()
})

it('as many successes as so few in flight can bring are none', () => {
  // One in flight at 1,000 ms each brings one a second.
  const slow = calm({ succeeded: 1, failed: 100, inFlight: 1 })
  expect(new Outage().judge(slow, 100, 120, 1000)).toBeNull()
  expect(new Outage().judge(slow, 100, 120, 100)).not.toBeNull()
  expect(new Outage().judge(slow, 100, 120, null)).not.toBeNull()
})

it('the limit falls to a quarter each time, and no lower than four, or than it is', () => {
  const outage = new Outage()
  const limits = [100, 25, 6.25, 4, 3].map((limit) => outage.judge(gone, limit, 120, 45)?.limit)
  expect(limits).toEqual([25, 6.25, 4, 4, 3])
})

it('when at least as many succeed as fail it is over, and the limit of before its first window is back', () => {
  const outage = during()
  expect(outage.ongoing).toBe(true)
  outage.judge(gone, 25, 25, 45)
  expect(outage.judge(calm({ succeeded: 4, failed: 4 }), 4, 4, 45)).toEqual({
    limit: 120,
    reason: 'the outage is over: back to the limit of before',
  })
  expect(outage.ongoing).toBe(false)
  expect(outage.judge(half, 120, 120, 45)).toBeNull()
})

it('when less than half succeeds five times, the limit grows from where it is, to what it was at most', () => {
  const steps = (known: number) => {
    const outage = new Outage()
    outage.judge(gone, 100, known, 45)
    return Array.from({ length: 5 }, () => outage.judge(half, 4, 4, 45)?.limit)
  }
  expect(steps(120)).toEqual([4, 4, 4, 4, 8])
  expect(steps(7)).toEqual([4, 4, 4, 4, 7])
})

it('an outage that comes back counts anew', () => {
  const outage = during()
  for (let n = 0; n < 4; n += 1) outage.judge(half, 4, 4, 45)
  outage.judge(gone, 4, 4, 45)
  for (let n = 0; n < 4; n += 1) expect(outage.judge(half, 4, 4, 45)?.limit).toBe(4)
  expect(outage.judge(half, 4, 4, 45)).toEqual({
    limit: 8,
    reason: 'the outage is half over: growing from here',
  })
})

it('says what it sees', () => {
  const outage = new Outage()
  expect(outage.judge(gone, 100, 120, 45)?.reason).toBe('outage: hardly anything succeeds')
  expect(outage.judge(half, 4, 4, 45)?.reason).toBe('outage: less than half succeeds')
})
