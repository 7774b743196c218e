import { expect, test } from 'vitest'
import { parseSchedule } from '../src/control/schedule.js'

const at = (schedule: ReturnType<typeof parseSchedule>, iso: string) => schedule.at(Date.parse(iso))?.text

test('each minute of the day has the caps of its entry, across midnight, too', () => {
  const schedule = parseSchedule('22:00-06:00 unlimited; 06:00-22:00 100MB/s, 64', 'UTC')
  expect(at(schedule, '2026-03-01T21:59:59Z')).toBe('06:00-22:00 100MB/s, 64')
  expect(at(schedule, '2026-03-01T22:00:00Z')).toBe('22:00-06:00 unlimited')
  expect(at(schedule, '2026-03-02T00:00:00Z')).toBe('22:00-06:00 unlimited')
  expect(at(schedule, '2026-03-02T05:59:59Z')).toBe('22:00-06:00 unlimited')
  expect(schedule.at(Date.parse('2026-03-02T06:00:00Z'))!.caps).toEqual({
    bytesPerSecond: 100_000_000,
    concurrency: 64,
  })
})

test('a time without an entry has no caps', () => {
  const schedule = parseSchedule('9:00-17:30 pause', 'UTC')
  expect(schedule.at(Date.parse('2026-03-01T17:29:00Z'))!.caps).toEqual({ paused: true })
  expect(at(schedule, '2026-03-01T17:30:00Z')).toBeUndefined()
})

test('times are local to the time zone, through daylight saving changes', () => {
  const schedule = parseSchedule('01:00-04:00 1', 'Europe/Berlin')
  // On 29 March 2026 clocks there go from 02:00 to 03:00, which is 01:00 UTC.
  expect(at(schedule, '2026-03-28T23:59:00Z')).toBeUndefined()
  expect(at(schedule, '2026-03-29T00:00:00Z')).toBeDefined()
  expect(at(schedule, '2026-03-29T01:59:00Z')).toBeDefined()
  expect(at(schedule, '2026-03-29T02:00:00Z')).toBeUndefined()
})

test('a whole day, and every kind of cap', () => {
  const schedule = parseSchedule('00:00-24:00 500 requests/s, 1.5 GiB/s, 8', 'UTC')
  expect(schedule.at(0)!.caps).toEqual({
    requestsPerSecond: 500,
    bytesPerSecond: 1.5 * 2 ** 30,
    concurrency: 8,
  })
  expect(parseSchedule('07:00-07:00 1 req/s', 'UTC').at(0)!.caps).toEqual({ requestsPerSecond: 1 })
})

test.each([
  ['', 'it has no entries'],
  ['soon', '"soon" is not an entry'],
  ['25:00-26:00 64', '25:00 in "25:00-26:00 64" is not a time of day'],
  ['10:60-11:00 64', '10:60 in "10:60-11:00 64" is not a time of day'],
  ['10:00-12:00 64; 11:59-12:00 8', '"10:00-12:00 64" and "11:59-12:00 8" overlap'],
  ['10:00-12:00 fast', '"fast" in "10:00-12:00 fast" is not a limit'],
  ['10:00-12:00 0', '"0" in "10:00-12:00 0" is not a limit'],
  ['10:00-12:00 unlimited, 64', '"unlimited" in "10:00-12:00 unlimited, 64" is not a limit'],
  ['10:00-12:00 64, 32', '"10:00-12:00 64, 32" sets the same limit twice'],
])('refuses %j, and says what is wrong with it', (text, message) => {
  expect(() => parseSchedule(text, 'UTC')).toThrow(message)
})
