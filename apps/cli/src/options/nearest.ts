/**
 * The candidate that a person most likely meant by `given`, or undefined when none is close: two letters wrong, or a third of
 * those behind what both begin with; or `given` begins a candidate. Case and the difference between `-` and `_` count nothing.
 */
export function nearest(given: string, candidates: readonly string[]): string | undefined {
  const wanted = fold(given)
  let best: string | undefined
  let bestDistance = Number.POSITIVE_INFINITY
  for (const candidate of candidates) {
    const folded = fold(candidate)
    const distance = editDistance(wanted, folded)
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

/** Letters to insert, delete, replace, or swap with their neighbour (optimal string alignment distance). */
export function editDistance(a: string, b: string): number {
  let beforePrevious: number[] = []
  let previous = Array.from({ length: b.length + 1 }, (_, column) => column)
  for (let row = 1; row <= a.length; row += 1) {
    const current = [row]
    for (let column = 1; column <= b.length; column += 1) {
      const same = a[row - 1] === b[column - 1]
      let cost = Math.min(
        previous[column]! + 1,
        current[column - 1]! + 1,
        previous[column - 1]! + (same ? 0 : 1),
      )
      if (row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1]) {
        cost = Math.min(cost, beforePrevious[column - 2]! + 1)
      }
      current.push(cost)
    }
    beforePrevious = previous
    previous = current
  }
  return previous[b.length]!
}

/** `a`, `a and b`, `a, b and c`, for messages. */
export function enumerate(names: readonly string[], word = 'and'): string {
  if (names.length < 2) return names[0] ?? ''
  return `${names.slice(0, -1).join(', ')} ${word} ${names.at(-1)}`
}
