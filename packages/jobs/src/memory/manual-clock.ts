import { setImmediate as turn } from 'node:timers/promises'
import type { Clock } from '../ports.js'

/** Turns of the event loop after which everything that a timer set off has come to rest, as long as nothing waits for real I/O. */
const TURNS = 3

/** A clock that moves only when it is told to, for tests: all timers that are due fire in order. */
export interface ManualClock extends Clock {
  /** Moves the time forward; resolves when everything that this set off has come to rest. */
  advance(ms: number): Promise<void>
  /** Lets everything in progress come to rest without moving the time. */
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
