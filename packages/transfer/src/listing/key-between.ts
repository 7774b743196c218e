/** What the characters of nearly all keys lie between: printable ASCII, and where there are others, those of one unit of UTF-16. */
const BELOW = 0x1f
const ABOVE_ASCII = 0x7f
const ABOVE_ALL = 0xd800

/**
 * A string about half-way between two keys in the order of a listing, `null` where there is none to be found. `high`: `null` means
 * that no key above `low` is too high. The half is that of the first character in which they can differ.
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

/** Characters that two keys begin with alike. */
export function sharedLength(a: string, b: string): number {
  let at = 0
  while (at < a.length && a[at] === b[at]) at++
  return at
}

/** Whether `a` comes before `b` in the order of a listing: that of their UTF-8, in which surrogates don't come first. */
export function isBefore(a: string, b: string): boolean {
  return Buffer.compare(Buffer.from(a), Buffer.from(b)) < 0
}
