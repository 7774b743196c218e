import { systemClock } from './clock.js'
import { isPassing } from './errors.js'

const PAUSE_MS = 500

/**
 * Repeats `action`, which must be safe to repeat, through failures that may pass, such as a server that is being restarted.
 *
 * @param patienceMs how long; 0 tries once
 * @throws {JobsError} the last failure
 */
export async function patiently<T>(action: () => Promise<T>, patienceMs: number): Promise<T> {
  const since = systemClock.now()
  for (;;) {
    try {
      return await action()
    } catch (error) {
      if (!isPassing(error) || systemClock.now() - since >= patienceMs) throw error
      await systemClock.sleep(PAUSE_MS)
    }
  }
}
