import { expect, it } from 'vitest'
import { Company } from '../src/law/company.js'

const MINUTE = 60_000

it('others are possible at first, and forgotten in three minutes without a sign', () => {
  const company = new Company()
  expect([company.likely, company.seen]).toEqual([true, false])
  company.passed(2.8 * MINUTE)
  expect(company.likely).toBe(true)
  company.passed(0.2 * MINUTE)
  expect(company.likely).toBe(false)
})

it('a dip that was believed is a sign for nine minutes, and keeps them likely for twelve', () => {
  const company = new Company()
  company.confirm()
  company.passed(9 * MINUTE)
  expect([company.likely, company.seen]).toEqual([true, true])
  company.passed(0.5 * MINUTE)
  expect([company.likely, company.seen]).toEqual([true, false])
  company.passed(3 * MINUTE)
  expect(company.likely).toBe(false)
})

it('is alone when five minutes were watched and none has given a sign for an hour', () => {
  const company = new Company()
  company.passed(5 * MINUTE)
  expect(company.alone).toBe(false)
  company.passed(1)
  expect(company.alone).toBe(true)
  company.confirm()
  company.passed(60 * MINUTE)
  expect(company.alone).toBe(false)
  company.passed(1)
  expect(company.alone).toBe(true)
})

/** 100 ms are usual at a limit of 100. */
function used(): Company {
  const company = new Company()
  expect(company.dipped(100, 0.01, 100, false)).toBe(false)
  return company
}

it('a time below the usual one by six per cent, and by 3.5 standard errors, is a dip', () => {
  expect(used().dipped(94.1, 0.01, 100, false)).toBe(false)
  expect(used().dipped(93.9, 0.01, 100, false)).toBe(true)
  expect(used().dipped(86.1, 0.04, 100, false)).toBe(false)
  expect(used().dipped(85.9, 0.04, 100, false)).toBe(true)
})

it('what is usual follows by three tenths', () => {
  const company = used()
  company.dipped(200, 0.01, 100, false)
  expect(company.dipped(122.3, 0.01, 100, false)).toBe(false)
  const other = used()
  other.dipped(200, 0.01, 100, false)
  expect(other.dipped(122.1, 0.01, 100, false)).toBe(true)
})

it('times under a limit that differs by a quarter, or of before an experiment, are no comparison', () => {
  expect(used().dipped(50, 0.01, 123, false)).toBe(true)
  expect(used().dipped(50, 0.01, 125, false)).toBe(false)
  expect(used().dipped(50, 0.01, 77, false)).toBe(true)
  expect(used().dipped(50, 0.01, 75, false)).toBe(false)
  const company = used()
  company.forgetUsual()
  expect(company.dipped(50, 0.01, 100, false)).toBe(false)
})

it('a long queue that gets shorter with its own limit is no dip', () => {
  expect(used().dipped(80, 0.01, 80, true)).toBe(false)
  expect(used().dipped(80, 0.01, 80, false)).toBe(true)
  expect(used().dipped(75, 0.01, 80, true)).toBe(true)
  expect(used().dipped(95, 0.01, 110, true)).toBe(false)
})
