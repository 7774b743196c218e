import type { RunLimits } from '@lagoon/sync'
import { expect, test } from 'vitest'
import { Governor, type OperatorLimits } from '../src/control/governor.js'
import { parseSchedule } from '../src/control/schedule.js'

/** Controls that record their calls. */
function controls() {
  const told: (RunLimits | string)[] = []
  let paused = false
  return {
    told,
    get paused() {
      return paused
    },
    pause(reason: string) {
      if (!paused) told.push(`pause, ${reason}`)
      paused = true
    },
    resume(reason: string) {
      if (paused) told.push(`resume, ${reason}`)
      paused = false
    },
    limit: (limits: RunLimits) => void told.push(limits),
  }
}

const bounds: OperatorLimits = {
  concurrency: null,
  minConcurrency: 16,
  maxConcurrency: 512,
  maxBytesPerSecond: 200,
  maxRequestsPerSecond: null,
}

test('the tighter of settings and schedule applies, and changes are reported once', () => {
  let time = Date.parse('2026-01-01T05:00:00Z')
  const schedule = parseSchedule('06:00-22:00 100B/s, 8; 22:00-23:00 1kB/s', 'UTC')
  const governor = new Governor({ limits: bounds, schedule, now: () => time })
  const levers = controls()
  governor.begin(levers)
  governor.tick()
  expect(levers.told).toEqual([])

  time = Date.parse('2026-01-01T06:00:00Z')
  governor.tick()
  governor.tick()
  expect(levers.told.splice(0)).toEqual([{ minConcurrency: 8, maxConcurrency: 8, maxBytesPerSecond: 100 }])
  governor.change({ maxBytesPerSecond: 50 }, 'ctl')
  governor.change({ maxConcurrency: 32 }, 'ctl')
  expect(levers.told.splice(0)).toEqual([{ maxBytesPerSecond: 50 }])
  governor.change({ schedule: null }, 'ctl')
  expect(levers.told.splice(0)).toEqual([{ minConcurrency: 16, maxConcurrency: 32 }])
  governor.change({ maxBytesPerSecond: null }, 'ctl')
  expect(levers.told.splice(0)).toEqual([{ maxBytesPerSecond: null }])
  governor.change({ schedule }, 'ctl')
  expect(levers.told.splice(0)).toEqual([{ minConcurrency: 8, maxConcurrency: 8, maxBytesPerSecond: 100 }])
  expect(governor.inForce).toMatchObject({ maxConcurrency: 8, maxBytesPerSecond: 100 })
})

test('a run is paused as long as the operator or the schedule requests it', () => {
  let time = Date.parse('2026-01-01T11:00:00Z')
  const governor = new Governor({
    limits: bounds,
    schedule: parseSchedule('12:00-13:00 pause', 'UTC'),
    now: () => time,
  })
  const levers = controls()
  governor.begin(levers)
  governor.pause('ctl')
  time = Date.parse('2026-01-01T12:00:00Z')
  governor.tick()
  expect(governor.pausedBy).toEqual(['operator', 'schedule'])
  governor.resume('ctl')
  expect(governor.pausedBy).toEqual(['schedule'])
  expect(levers.told).toEqual(['pause, ctl'])
  time = Date.parse('2026-01-01T13:00:00Z')
  governor.tick()
  expect(levers.told).toEqual(['pause, ctl', 'resume, schedule: no caps'])
})

test('a fixed number in flight is changed as such, and bounds are changed together', () => {
  const fixed = new Governor({ limits: { ...bounds, concurrency: 64 }, schedule: null })
  const levers = controls()
  fixed.begin(levers)
  fixed.change({ concurrency: 9 }, 'ctl')
  expect(levers.told).toEqual([{ maxConcurrency: 9 }])
  expect(() => fixed.change({ maxConcurrency: 9 }, 'ctl')).toThrow('fixed')

  const moving = new Governor({ limits: bounds, schedule: null })
  expect(() => moving.change({ concurrency: 9 }, 'ctl')).toThrow('the controller sets')
  expect(() => moving.change({ maxConcurrency: 8 }, 'ctl')).toThrow('min-concurrency (16) would be above')
  expect(moving.limits).toEqual(bounds)
})
