import { expect, it } from 'vitest'
import { DrainSchedule } from '../src/law/drain-schedule.js'

const BUDGET = 0.002

function waited(schedule: DrainSchedule, ms: number, unsettled = false): boolean {
  schedule.passed(ms)
  return schedule.due(unsettled)
}

it('the first drain is due at once, five seconds later while steps down are watched', () => {
  expect(new DrainSchedule(BUDGET).due(false)).toBe(true)
  const watched = new DrainSchedule(BUDGET)
  expect(waited(watched, 4999, true)).toBe(false)
  expect(waited(watched, 1, true)).toBe(true)
})

it('drains come as often as their cost in goodput is within the budget, but not within forty seconds', () => {
  const [short, long] = [new DrainSchedule(BUDGET), new DrainSchedule(BUDGET)]
  short.ended(20, 0.5)
  expect(waited(short, 39_999)).toBe(false)
  expect(waited(short, 1)).toBe(true)
  long.ended(1000, 0.5)
  expect(waited(long, 374_999)).toBe(false)
  expect(waited(long, 1)).toBe(true)
  expect([short.count, long.count]).toEqual([1, 1])
})

it('one that noise made long is repeated after ten minutes all the same', () => {
  const schedule = new DrainSchedule(BUDGET)
  schedule.ended(60_000, 0.5)
  expect(waited(schedule, 599_999)).toBe(false)
  expect(waited(schedule, 1)).toBe(true)
})

it("another instance's drain is joined when the last one is a quarter of a minute past", () => {
  const schedule = new DrainSchedule(BUDGET)
  schedule.passed(15_000)
  expect(schedule.mayJoin).toBe(false)
  schedule.passed(1)
  expect(schedule.mayJoin).toBe(true)
})

it('one that was broken off is not tried again within forty seconds', () => {
  const schedule = new DrainSchedule(BUDGET)
  schedule.passed(100_000)
  schedule.postpone()
  expect(waited(schedule, 39_999)).toBe(false)
  expect(waited(schedule, 1)).toBe(true)
})

it('the next one comes when it is told to, and at once when it is to hurry, though steps down are watched', () => {
  const schedule = new DrainSchedule(BUDGET)
  schedule.ended(1000, 0.5)
  schedule.next(10_000)
  expect(waited(schedule, 9999)).toBe(false)
  expect(waited(schedule, 1)).toBe(true)
  schedule.ended(1000, 0.5)
  schedule.hurry()
  expect(schedule.due(true)).toBe(true)
})
