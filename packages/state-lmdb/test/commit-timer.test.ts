import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { CommitTimer } from '../src/commit/commit-timer.js'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

it('one commit is scheduled, however often it is requested', () => {
  const due = vi.fn()
  const timer = new CommitTimer(500, due)
  timer.need()
  timer.need()
  timer.rest()
  timer.rest()
  vi.advanceTimersByTime(499)
  expect(due).not.toHaveBeenCalled()
  vi.advanceTimersByTime(10_000)
  expect(due).toHaveBeenCalledTimes(1)
  timer.rest()
  timer.need()
  vi.advanceTimersByTime(500)
  expect(due).toHaveBeenCalledTimes(2)
})

it('nothing is scheduled after a stop, or before a request', () => {
  const due = vi.fn()
  const timer = new CommitTimer(500, due)
  timer.stop()
  timer.need()
  timer.stop()
  vi.advanceTimersByTime(10_000)
  expect(due).not.toHaveBeenCalled()
})
