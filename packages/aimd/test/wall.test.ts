import { expect, it } from 'vitest'
import { Wall } from '../src/law/wall.js'

function hitOnce(): Wall {
  const wall = new Wall()
  wall.hit(1, 150, 1000)
  return wall
}

it('without a wall nothing is capped', () => {
  expect(new Wall().cap(100)).toBe(Infinity)
})

it('the cap is what the store let through, less a hundredth, and below the limit that was throttled', () => {
  expect(hitOnce().cap(100)).toBe(99)
  expect(hitOnce().cap(1000)).toBe(149)
  const small = new Wall()
  small.hit(1, 1, 1000)
  expect(small.cap(1000)).toBe(1)
})

it('after a quarter of a minute it may be tried again, and then the limit of before counts no longer', () => {
  const wall = hitOnce()
  wall.passed(14_999)
  expect(wall.mayProbe).toBe(false)
  wall.passed(1)
  expect(wall.mayProbe).toBe(true)
  expect(wall.cap(1000)).toBe(990)
})

it('each hit at about the same rate doubles the wait, to a minute and a half at most', () => {
  const wall = hitOnce()
  for (const waitMs of [30_000, 60_000, 90_000, 90_000]) {
    wall.hit(1.1, 150, 1000)
    wall.passed(waitMs - 1)
    expect(wall.mayProbe).toBe(false)
    wall.passed(1)
    expect(wall.mayProbe).toBe(true)
  }
})

it('a hit at another rate is another wall, believed at once', () => {
  const wall = hitOnce()
  wall.hit(1.1, 150, 1000)
  wall.hit(0.5, 150, 1000)
  expect(wall.ratePerMs).toBe(0.5)
  wall.passed(15_000)
  expect(wall.mayProbe).toBe(true)
})

it('hits at about the same rate are averaged, by how much they saw', () => {
  const after = (succeeded: number) => {
    const wall = hitOnce()
    wall.hit(1.1, 150, succeeded)
    return wall.ratePerMs
  }
  expect(after(10)).toBeCloseTo(1.01)
  expect(after(1000)).toBeCloseTo(1.025)
  expect(after(100_000)).toBeCloseTo(1.05)
})

it('what goes through above the wall raises it, and each that is clearly above doubles the next step', () => {
  const wall = hitOnce()
  expect(wall.step).toBe(0.01)
  wall.went(0.9)
  expect(wall.ratePerMs).toBe(1)
  wall.went(1.04)
  expect([wall.ratePerMs, wall.step]).toEqual([1.04, 0.01])
  wall.went(1.06)
  expect([wall.ratePerMs, wall.step]).toEqual([1.06, 0.02])
  wall.hit(1.06, 150, 1000)
  expect(wall.step).toBe(0.01)
})

it('a wall that was passed seven times is none', () => {
  const wall = hitOnce()
  for (let n = 1; n <= 6; n += 1) wall.went(1.05 + n / 10)
  expect(wall.ratePerMs).not.toBeNull()
  wall.went(1.8)
  expect([wall.ratePerMs, wall.step, wall.cap(100)]).toEqual([null, 0.01, Infinity])
})

it('where no wall is known nothing raises it', () => {
  const wall = new Wall()
  wall.went(5)
  expect(wall.ratePerMs).toBeNull()
})
