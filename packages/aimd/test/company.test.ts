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

it('is alone when ten minutes were watched and none has given a sign for an hour', () => {
  const company = new Company()
  company.passed(10 * MINUTE)
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

it('a time below the usual one by six per cent in the logarithm, and by 3.5 standard errors, is a dip', () => {
  expect(used().dipped(94.3, 0.01, 100, false)).toBe(false)
  expect(used().dipped(94.1, 0.01, 100, false)).toBe(true)
  expect(used().dipped(87.1, 0.04, 100, false)).toBe(false)
  expect(used().dipped(86.8, 0.04, 100, false)).toBe(true)
})

it('what is usual follows by three tenths', () => {
  const company = used()
  company.dipped(200, 0.01, 100, false)
  expect(company.dipped(122.5, 0.01, 100, false)).toBe(false)
  const other = used()
  other.dipped(200, 0.01, 100, false)
  expect(other.dipped(122.3, 0.01, 100, false)).toBe(true)
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

/** A dip that is believed, after so many measurements of 100 ms; ten seconds later attempts take so long. */
function dips(to: number, later: number, { calm = 0, limit = 100, believed = true } = {}) {
  const company = used()
  for (let n = 0; n < calm; n += 1) company.dipped(100, 0.01, 100, false)
  expect(company.dipped(to, 0.01, 100, false)).toBe(true)
  if (believed) company.confirm()
  company.forgetUsual()
  company.passed(9999)
  company.dipped(later, 0.01, limit, false)
  expect(company.unseen).toBe(true)
  company.passed(1)
  company.dipped(later, 0.01, limit, false)
  return company.unseen ? 'unseen' : 'seen'
}

it('a dip is a sure sign only where it is deeper than times scatter here', () => {
  // A tenth of scatter is taken for granted at first, of which a dip must be two and a half.
  expect([dips(80, 100), dips(76, 100)]).toEqual(['unseen', 'seen'])
  expect(dips(90, 100, { calm: 100 })).toBe('seen')
})

it('a dip is a sure sign only when it is over ten seconds later: a drain of others is, a faster backend is not', () => {
  expect(dips(50, 72)).toBe('seen')
  expect(dips(50, 70)).toBe('unseen')
  expect(dips(50, 50)).toBe('unseen')
})

it('a limit that was raised meanwhile explains that attempts take longer', () => {
  expect(dips(50, 140, { limit: 200 })).toBe('unseen')
  expect(dips(50, 143, { limit: 200 })).toBe('seen')
  expect(dips(50, 72, { limit: 50 })).toBe('seen')
})

it('a dip that was not believed is no sign', () => {
  expect(dips(50, 100, { believed: false })).toBe('unseen')
})

it('times that scatter make dips less sure', () => {
  const company = used()
  for (let n = 0; n < 100; n += 1) company.dipped(n % 2 === 0 ? 85 : 118, 0.01, 100, false)
  expect(company.dipped(80, 0.01, 100, false)).toBe(true)
  company.confirm()
  company.passed(10_000)
  company.dipped(100, 0.01, 100, false)
  expect(company.unseen).toBe(true)
})

it('others who gave themselves away are seen for an hour, but no more likely than before', () => {
  const company = new Company()
  company.passed(10 * MINUTE)
  company.reveal()
  expect([company.unseen, company.alone, company.likely]).toEqual([false, false, false])
  company.passed(60 * MINUTE + 1)
  expect([company.unseen, company.alone]).toEqual([true, true])
})
