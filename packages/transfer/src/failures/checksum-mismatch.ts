import type { AttemptFailure, Side } from '../contract/attempt.js'

/** Bytes that are not what they had to be: another attempt may bring the right ones. */
export function checksumMismatch(side: Side, message: string): AttemptFailure {
  return { class: 'transient', side, code: 'ChecksumMismatch', message }
}
