import { setTimeout as delay } from 'node:timers/promises'
import type { Clock } from './ports.js'

function monotonic(ref: boolean): Clock {
  return {
    now: () => performance.now(),
    sleep: (ms, signal) =>
      delay(ms, undefined, { ref, ...(signal !== undefined && { signal }) }).then(
        () => undefined,
        () => undefined,
      ),
  }
}

/** The process's monotonic clock. */
export const systemClock: Clock = monotonic(true)

/** The same, with timers that do not keep the process running. */
export const backgroundClock: Clock = monotonic(false)
