import type { AttemptFailure, Side } from '../contract/attempt.js'
import type { CopyJob } from '../contract/copier.js'

/** How a key at the source becomes a key at the destination. */
export interface KeyMapping {
  /** Removed from the front of each key; a key without it is not copied. Default ''. */
  stripPrefix?: string
  /** Added in front of each key. Default ''. */
  addPrefix?: string
}

/**
 * The destination's key, byte for byte: nothing is normalised, and no slash is added or removed. Null if the key does
 * not begin with the prefix to strip, which could otherwise map two keys to one.
 */
export function mapKey(key: string, { stripPrefix = '', addPrefix = '' }: KeyMapping): string | null {
  return key.startsWith(stripPrefix) ? addPrefix + key.slice(stripPrefix.length) : null
}

const MAX_KEY_BYTES = 1024

/** Why an object can't be read or written under its key; null if it can. */
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
