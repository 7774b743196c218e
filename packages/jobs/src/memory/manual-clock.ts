import { setImmediate as turn } from 'node:timers/promises'
import type { Clock } from '../ports.js'

/** Turns of the event loop that are enough for everything a timer starts to settle, as long as nothing waits for real I/O. */
const TURNS = 3

/** A clock that only a test advances; due timers fire in order. */
export interface ManualClock extends Clock {
  /** Advances the time; resolves when everything that this started has settled. */
  advance(ms: number): Promise<void>
  /** Lets everything in progress settle without advancing the time. */
  settle(): Promise<void>
}

interface Sleeper {
  readonly at: number
  readonly wake: () => void
}

async function settle(): Promise<void> {
  for (let i = 0; i < TURNS; i += 1) await turn()
}

export function createManualClock(): ManualClock {
  let now = 0
  const sleepers = new Set<Sleeper>()

  return {
    now: () => now,
    sleep: (ms, signal) =>
      new Promise((resolve) => {
        if (signal?.aborted === true) return resolve()
        const wake = (): void => {
          sleepers.delete(sleeper)
          signal?.removeEventListener('abort', wake)
          resolve()
        }
        const sleeper: Sleeper = { at: now + Math.max(0, ms), wake }
        sleepers.add(sleeper)
        signal?.addEventListener('abort', wake)
      }),
    settle,
    async advance(ms) {
      const target = now + ms
      await settle()
      for (;;) {
        const due = Math.min(...[...sleepers].map(({ at }) => at))
        if (due > target) break
        now = Math.max(now, due)
        for (const sleeper of sleepers) if (sleeper.at <= now) sleeper.wake()
        await settle()
      }
      now = target
      await settle()
    },
  }
}
