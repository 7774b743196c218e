/** Fingerprints to look up in the runs, and what was found, in fingerprint order, because each run is walked in that order. */
export interface Batch {
  /** Four words each. */
  readonly words: Uint32Array
  /** Places still to find, in order: the first `count` of them. */
  readonly pending: Uint32Array
  count: number
  /** 1 where found. */
  readonly found: Uint8Array
  /** Version hash that was found. */
  readonly versions: Uint32Array
}

/** A batch with room for that many fingerprints. */
export function emptyBatch(capacity: number): Batch {
  return {
    words: new Uint32Array(capacity * 4),
    pending: new Uint32Array(capacity),
    count: 0,
    found: new Uint8Array(capacity),
    versions: new Uint32Array(capacity),
  }
}

/** Fills a batch with the fingerprints that the first `count` of `order`, which are sorted, point at in `words`. */
export function fillBatch(batch: Batch, words: Uint32Array, order: Uint32Array, count: number): void {
  for (let position = 0; position < count; position++) {
    const from = order[position]! * 4
    const to = position * 4
    batch.words[to] = words[from]!
    batch.words[to + 1] = words[from + 1]!
    batch.words[to + 2] = words[from + 2]!
    batch.words[to + 3] = words[from + 3]!
    batch.pending[position] = position
    batch.found[position] = 0
  }
  batch.count = count
}
