import { expect, it } from 'vitest'
import { BaseTime } from '../src/law/base-time.js'

function known(ms = 100): BaseTime {
  const base = new BaseTime()
  base.blend(ms, 1)
  return base
}

it('is unknown until something has ended, then the mean over all attempts of the ramp', () => {
  const base = new BaseTime()
  expect(base.ms).toBeNull()
  base.pool(1000, 10)
  base.pool(9000, 30)
  expect(base.ms).toBe(250)
})

it('pools nothing of before a measurement that was believed', () => {
  const base = new BaseTime()
  base.pool(1000, 10)
  base.blend(200, 1)
  base.pool(3000, 10)
  expect(base.ms).toBe(300)
})

it('moves towards a measurement by its weight', () => {
  const base = known()
  base.blend(200, 0.25)
  expect(base.ms).toBe(125)
})

it('can only become less by a bound', () => {
  const base = known()
  base.lower(120)
  expect(base.ms).toBe(100)
  base.lower(80)
  expect(base.ms).toBe(80)
  const unknown = new BaseTime()
  unknown.lower(70)
  expect(unknown.ms).toBe(70)
})

it('is only raised by a measurement above it, by its weight, or by the first', () => {
  const base = known()
  base.raise(90, 1)
  expect(base.ms).toBe(100)
  base.raise(200, 0.5)
  expect(base.ms).toBe(150)
  const unknown = new BaseTime()
  unknown.raise(70, 0.5)
  expect(unknown.ms).toBe(70)
})

it('is corrected by as much as a measurement is the better of the two, within bounds', () => {
  const after = (error: number, least = 0, most = 1) => {
    const base = known()
    base.correct(200, error, least, most)
    return base.ms
  }
  expect(after(Math.sqrt(0.02))).toBeCloseTo(150)
  expect(after(Math.sqrt(0.06))).toBeCloseTo(125)
  expect(after(Math.sqrt(0.06), 0.7)).toBeCloseTo(170)
  expect(after(Math.sqrt(0.02), 0, 0.1)).toBeCloseTo(110)
})

it('is harder to move with each correction, and easier again as time passes', () => {
  const base = known()
  base.correct(100, Math.sqrt(0.02), 0, 1)
  base.correct(200, Math.sqrt(0.01), 0, 1)
  expect(base.ms).toBeCloseTo(150)
  const later = known()
  later.correct(100, Math.sqrt(0.02), 0, 1)
  later.passed(1e9)
  later.correct(200, Math.sqrt(0.02), 0, 1)
  expect(later.ms).toBeCloseTo(150)
})

it('started over, it follows the next measurement more than at first', () => {
  const base = known()
  base.restart(300)
  expect(base.ms).toBe(300)
  base.correct(100, Math.sqrt(0.05), 0, 1)
  expect(base.ms).toBeCloseTo(200)
})
