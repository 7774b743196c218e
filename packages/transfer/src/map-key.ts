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
