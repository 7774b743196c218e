import { setTimeout as sleep } from 'node:timers/promises'
import { StateError } from '../errors.js'
import { leaseOf } from './writer-lock.js'

/** How often to check whether the lease was renewed, in ms. */
const POLL_MS = 500

interface LeaseWaitOptions {
  readonly onWait: (until: Date) => void
  readonly signal: AbortSignal | undefined
}

/**
 * Waits until the lease of a writer that can't be seen has ended; returns when it was last renewed. Rejects with the given error if the
 * lease is renewed in the meantime: the writer is alive.
 */
export async function waitForLease(
  directory: string,
  held: StateError & { readonly leaseEndsAt: number },
  { onWait, signal }: LeaseWaitOptions,
): Promise<number> {
  const renewedAt = leaseOf(directory)
  onWait(new Date(held.leaseEndsAt))
  // The clock may be set meanwhile.
  const endsAt = performance.now() + held.leaseEndsAt - Date.now()
  for (let left = endsAt - performance.now(); left > 0; left = endsAt - performance.now()) {
    await sleep(Math.min(left, POLL_MS), undefined, signal === undefined ? {} : { signal })
    if (leaseOf(directory) !== renewedAt) throw held
  }
  return renewedAt
}

/** Whether an error says that a writer that can't be seen holds the directory. */
export function isLeased(error: unknown): error is StateError & { readonly leaseEndsAt: number } {
  return error instanceof StateError && error.leaseEndsAt !== undefined
}
