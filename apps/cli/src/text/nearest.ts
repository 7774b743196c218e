import leven from 'leven'

/**
 * The candidate that a person most likely meant by `given`, or undefined if none is close: two letters wrong, or a third of those after
 * the common beginning; or `given` begins a candidate. Case and the difference between `-` and `_` are ignored.
 */
export function nearest(given: string, candidates: readonly string[]): string | undefined {
  const wanted = fold(given)
  let best: string | undefined
  let bestDistance = Number.POSITIVE_INFINITY
  for (const candidate of candidates) {
    const folded = fold(candidate)
    const distance = leven(wanted, folded)
    const allowed = Math.max(2, Math.floor((wanted.length - commonPrefix(wanted, folded)) / 3))
    if (distance <= allowed && distance < bestDistance) {
      best = candidate
      bestDistance = distance
    }
  }
  if (best !== undefined || wanted.length < 3) return best
  return candidates.find((candidate) => fold(candidate).startsWith(wanted))
}

function commonPrefix(a: string, b: string): number {
  let length = 0
  while (length < a.length && a[length] === b[length]) length += 1
  return length
}

function fold(name: string): string {
  return name.toLowerCase().replaceAll('_', '-')
}

/** `a`, `a and b`, `a, b and c`, for messages. */
export function enumerate(names: readonly string[], word = 'and'): string {
  if (names.length < 2) return names[0] ?? ''
  return `${names.slice(0, -1).join(', ')} ${word} ${names.at(-1)}`
}
