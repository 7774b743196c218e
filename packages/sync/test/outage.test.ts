import { expect, it } from 'vitest'
import { OutageDetector } from '../src/options/outage.js'
import { isUnreachable } from '../src/run/parts.js'

const detector = (): OutageDetector =>
  new OutageDetector({ threshold: 3, patienceMs: 1000, probeIntervalMs: 100 })

it('begins after the threshold of consecutive failures and ends with the first attempt that reaches the store', () => {
  const outage = detector()
  expect([
    outage.unreachable(0),
    outage.unreachable(1),
    outage.unreachable(2),
    outage.unreachable(3),
  ]).toEqual([false, false, true, false])
  expect(outage.active).toBe(true)
  expect(outage.reached()).toBe(true)
  expect(outage.active).toBe(false)
  expect(outage.reached()).toBe(false)
})

it('does not begin if successes come between failures', () => {
  const outage = detector()
  for (let i = 0; i < 10; i += 1) {
    outage.unreachable(i)
    outage.unreachable(i)
    outage.reached()
  }
  expect(outage.active).toBe(false)
})

it('lets one attempt through every probe interval', () => {
  const outage = detector()
  for (let i = 0; i < 3; i += 1) outage.unreachable(0)
  expect(outage.waitMs(0)).toBe(0)
  expect(outage.waitMs(0)).toBe(100)
  expect(outage.waitMs(60)).toBe(40)
  expect(outage.waitMs(100)).toBe(0)
})

it('forgives failures until its patience ends', () => {
  const outage = detector()
  expect(outage.forgives(0)).toBe(false)
  for (let i = 0; i < 3; i += 1) outage.unreachable(10)
  expect(outage.forgives(1009)).toBe(true)
  expect(outage.forgives(1010)).toBe(false)
})

it('does not begin for the failures of one object, or of two, where something else answers', () => {
  const outage = detector()
  const [one, two, three] = [{}, {}, {}]
  for (let i = 0; i < 10; i += 1) {
    outage.unreachable(i, one)
    outage.unreachable(i, two)
  }
  expect(outage.active).toBe(false)
  expect(outage.unreachable(10, three)).toBe(true)
  outage.reached()
  expect(outage.unreachable(11, three)).toBe(false)
})

it.each([
  ['ConnectionRefused', true],
  ['Http404', true],
  ['Http502', true],
  ['Http504', true],
  ['Http522', true],
  ['Http530', true],
  ['Http403', false],
  ['InternalError', false],
  ['NoSuchKey', false],
])('%s is a sign of one: %j', (code, expected) => {
  expect(isUnreachable({ code })).toBe(expected)
})
