import { createGate } from './permits.js'
import type { Gate } from './permits.js'

/** The function given to `limit`, and the gate it goes through. */
export type Limited<A extends unknown[], R> = ((...args: A) => Promise<R>) & { readonly gate: Gate }

/**
 * Wraps a function so that at most so many of its calls run at once, in the order they were made. Takes a
 * number, or a gate to share with other functions or to resize by a controller. A call that throws or rejects
 * gives its permit back as well. Throws `LAGOON_AIMD_INVALID_LIMIT` for an impossible number.
 */
export function limit<A extends unknown[], R>(
  fn: (...args: A) => R | PromiseLike<R>,
  concurrency: number | Gate,
): Limited<A, R> {
  const gate = typeof concurrency === 'number' ? createGate(concurrency) : concurrency
  const limited = async (...args: A): Promise<R> => {
    const permit = await gate.acquire()
    try {
      return await fn(...args)
    } finally {
      permit.release()
    }
  }
  return Object.assign(limited, { gate })
}
