/**
 * The range of the characters of nearly all keys: printable ASCII, and where there are others, one unit of UTF-16.
 */
const BELOW = 0x1f
const ABOVE_ASCII = 0x7f
const ABOVE_ALL = 0xd800

/**
 * A string about halfway between two keys in listing order; `null` if there is none. `high`: `null` means that there
 * is no upper bound. Halving uses the first character in which they can differ.
 */
export function keyBetween(low: string, high: string | null): string | null {
  let at = high === null ? 0 : sharedLength(low, high)
  let ceiling = high === null ? ABOVE_ALL : high.charCodeAt(at)
  for (; at <= low.length; at++, ceiling = ABOVE_ALL) {
    const floor = at < low.length ? low.charCodeAt(at) : BELOW
    const top = Math.min(ceiling, floor < ABOVE_ASCII ? ABOVE_ASCII : ABOVE_ALL)
    if (top - floor >= 2) return low.slice(0, at) + String.fromCharCode((floor + top) >> 1)
  }
  return null
}

/** Number of leading characters that two keys share. */
export function sharedLength(a: string, b: string): number {
  let at = 0
  while (at < a.length && a[at] === b[at]) at++
  return at
}
