import { createGate } from '@lagoon/aimd'
import { expect, it, onTestFinished, vi } from 'vitest'
import type { Controller, Decision, SyncEvent } from '../src/index.js'
import { SampleWindow } from '../src/copy/sample-window.js'
import { startControlLoop } from '../src/run/control-loop.js'

/** A law whose decisions a test gives one by one; its windows last 10 ms. */
function lawOf(...decisions: Decision[]) {
  const samples: unknown[] = []
  const controller: Controller = {
    limit: 4,
    intervalMs: 10,
    update(sample) {
      samples.push(sample)
      return decisions.shift()!
    },
    setBounds: () => undefined,
  }
  return { controller, samples }
}

function tuned(controller: Controller | null) {
  vi.useFakeTimers()
  onTestFinished(() => void vi.useRealTimers())
  let now = 0
  const events: SyncEvent[] = []
  const gate = createGate(4)
  const window = new SampleWindow(0)
  const controlLoop = startControlLoop(
    controller,
    gate,
    window,
    () => now,
    (event) => events.push(event),
  )
  const pass = (ms: number) => {
    now += ms
    vi.advanceTimersByTime(ms)
  }
  return { gate, window, events, controlLoop, pass }
}

const up: Decision = { limit: 8, previous: 4, action: 'increase', reason: 'no loss' }
const hold: Decision = { limit: 8, previous: 8, action: 'hold', reason: 'too few samples' }

it('passes each window to the law and its limit to the gate, and reports changes', () => {
  const { controller, samples } = lawOf(up, hold)
  const { gate, window, events, pass } = tuned(controller)
  window.succeeded(7, 1)
  pass(10)
  expect(samples).toMatchObject([{ elapsedMs: 10, succeeded: 1, bytes: 7 }])
  expect(gate.limit).toBe(8)
  pass(10)
  expect(samples).toHaveLength(2)
  expect(events).toEqual([{ type: 'decision', ...up }])
})

it('teaches the law nothing while the gate is closed, or from a discarded window', () => {
  const { controller, samples } = lawOf(up)
  const { gate, window, controlLoop, pass } = tuned(controller)
  gate.close()
  pass(10)
  gate.open()
  expect(samples).toEqual([])
  pass(5)
  window.failed()
  controlLoop.restart()
  pass(9)
  expect(samples).toEqual([])
  pass(1)
  expect(samples).toMatchObject([{ elapsedMs: 10, failed: 0 }])
})

it('closes windows without a law, and none after its end', () => {
  const { gate, window, controlLoop, pass } = tuned(null)
  window.succeeded(1, 3)
  pass(1000)
  expect(window.latencyMs).not.toBeNull()
  expect(gate.limit).toBe(4)
  controlLoop.end()
  pass(1000)
  expect(window.latencyMs).not.toBeNull()
})
