import type { ResolvedOptions } from '../options.js'

/** Outcomes in one commit while there are failures: each outcome that completes a failed key may change other pages. */
const ENTRIES_AMONG_FAILURES = 8192

/** How much may be buffered before it is committed, and before recording has to wait. */
export interface WriteBufferLimits {
  readonly commitEntries: number
  readonly maxBufferedEntries: number
}

export function writeBufferLimits(
  { commitEntries, maxBufferedEntries }: ResolvedOptions,
  failed: number,
): WriteBufferLimits {
  if (failed === 0) return { commitEntries, maxBufferedEntries }
  return {
    commitEntries: Math.min(commitEntries, ENTRIES_AMONG_FAILURES),
    maxBufferedEntries: Math.min(maxBufferedEntries, 2 * ENTRIES_AMONG_FAILURES),
  }
}
