/** Orders keys as a listing does: by their bytes in UTF-8, in which surrogates don't come before the last of the basic plane. */
export function compareKeys(a: string, b: string): number {
  if (a === b) return 0
  const length = Math.min(a.length, b.length)
  for (let at = 0; at < length; at++) {
    const left = a.charCodeAt(at)
    const right = b.charCodeAt(at)
    if (left !== right) return rank(left) - rank(right)
  }
  return a.length - b.length
}

/** UTF-16 puts surrogates (U+D800 to U+DFFF) below U+E000 to U+FFFF, UTF-8 above. */
function rank(unit: number): number {
  return unit >= 0xe000 ? unit - 0x800 : unit >= 0xd800 ? unit + 0x2000 : unit
}
