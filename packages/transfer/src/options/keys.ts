import type { AttemptFailure, Side } from '../attempt.js'
import type { CopyJob } from '../contract.js'

/** How a key at the source becomes one at the destination. */
export interface KeyMapping {
  /** Taken off the front of each key; a key without it is not copied. Default ''. */
  stripPrefix?: string
  /** Put before each key. Default ''. */
  addPrefix?: string
}

/**
 * The destination's key, byte for byte: nothing is normalised, no slash added or folded. Null if the key does not begin with the prefix to
 * strip, which could otherwise make two keys one.
 */
export function mapKey(key: string, { stripPrefix = '', addPrefix = '' }: KeyMapping): string | null {
  return key.startsWith(stripPrefix) ? addPrefix + key.slice(stripPrefix.length) : null
}

const MAX_KEY_BYTES = 1024

/** Why an object can't be asked for, or written, by its key; null if it can. */
export function checkKeys({ key, versionId }: CopyJob, destinationKey: string): AttemptFailure | null {
  const wellFormed =
    key.isWellFormed() && destinationKey.isWellFormed() && (versionId?.isWellFormed() ?? true)
  if (!wellFormed) return badKey('source', key, 'is not valid Unicode (lone surrogate)')
  if (key === '' || destinationKey === '') return badKey('source', key, 'is empty')
  if (isTooLong(key)) return badKey('source', key, 'is longer than 1,024 bytes')
  if (isTooLong(destinationKey)) return badKey('destination', destinationKey, 'is longer than 1,024 bytes')
  return null
}

function isTooLong(key: string): boolean {
  return key.length * 3 > MAX_KEY_BYTES && Buffer.byteLength(key) > MAX_KEY_BYTES
}

function badKey(side: Side, key: string, what: string): AttemptFailure {
  const code = what.startsWith('is longer') ? 'KeyTooLongError' : 'InvalidKey'
  return { class: 'permanent', side, code, message: `the key ${JSON.stringify(key)} ${what}` }
}
