import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import type { SyncEvent } from '../src/index.js'
import { Tally } from '../src/outcomes/tally.js'
import { reportProgress } from '../src/run/progress.js'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

it('reports progress every second, every ten seconds while it waits, and immediately when that changes', () => {
  let waitingUntil: string | null = null
  const told: SyncEvent[] = []
  const reading = { tally: new Tally(), rows: null, inFlight: 0, limit: 1, paused: false, latencyMs: null }
  const end = reportProgress(
    () => ({ ...reading, waitingUntil, durationMs: 0 }),
    (event) => told.push(event),
  )
  vi.advanceTimersByTime(3000)
  expect(told).toHaveLength(3)
  waitingUntil = '2026-01-31T12:00:00.000Z'
  vi.advanceTimersByTime(1000)
  expect(told.at(-1)).toMatchObject({ waitingUntil })
  vi.advanceTimersByTime(30_000)
  expect(told).toHaveLength(7)
  waitingUntil = null
  vi.advanceTimersByTime(2000)
  expect(told).toHaveLength(9)
  end()
  expect(told).toHaveLength(10)
})
