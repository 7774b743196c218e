import { compareKeys } from './compare-keys.js'

/**
 * The keys of a bucket in S3's order. Adding and removing are cheap; keys are sorted on demand, by merging the additions.
 */
export class SortedKeys {
  #sorted: string[] = []
  readonly #added = new Set<string>()
  readonly #removed = new Set<string>()

  add(key: string): void {
    if (!this.#removed.delete(key)) this.#added.add(key)
  }

  remove(key: string): void {
    if (!this.#added.delete(key)) this.#removed.add(key)
  }

  /** All keys in order. The array is valid until the next change. */
  inOrder(): readonly string[] {
    if (this.#removed.size > 0) {
      this.#sorted = this.#sorted.filter((key) => !this.#removed.has(key))
      this.#removed.clear()
    }
    if (this.#added.size > 0) {
      this.#sorted = merge(this.#sorted, [...this.#added].sort(compareKeys))
      this.#added.clear()
    }
    return this.#sorted
  }
}

/** The first position in `keys` whose key is `key` or sorts after it. */
export function lowerBound(keys: readonly string[], key: string, from = 0): number {
  let low = from
  let high = keys.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (compareKeys(keys[middle]!, key) < 0) low = middle + 1
    else high = middle
  }
  return low
}

/** The first position at or after `from` whose key does not begin with `prefix`; `from` is within the prefix's keys. */
export function endOfPrefix(keys: readonly string[], prefix: string, from: number): number {
  let low = from
  let high = keys.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (keys[middle]!.startsWith(prefix)) low = middle + 1
    else high = middle
  }
  return low
}

function merge(left: readonly string[], right: readonly string[]): string[] {
  const merged: string[] = []
  let l = 0
  let r = 0
  while (l < left.length && r < right.length) {
    merged.push(compareKeys(left[l]!, right[r]!) < 0 ? left[l++]! : right[r++]!)
  }
  while (l < left.length) merged.push(left[l++]!)
  while (r < right.length) merged.push(right[r++]!)
  return merged
}
