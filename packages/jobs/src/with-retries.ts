import { systemClock } from './clock.js'
import { isPassing } from './errors.js'

const PAUSE_MS = 500

/**
 * Repeats `action`, which must be safe to repeat, through failures that may pass, such as a server that is being restarted.
 *
 * @param retryMs how long; 0 tries once
 * @throws {JobsError} the last failure
 */
export async function withRetries<T>(action: () => Promise<T>, retryMs: number): Promise<T> {
  const since = systemClock.now()
  for (;;) {
    try {
      return await action()
    } catch (error) {
      if (!isPassing(error) || systemClock.now() - since >= retryMs) throw error
      await systemClock.sleep(PAUSE_MS)
    }
  }
}
