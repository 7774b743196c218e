/** A set of repeated measurements in short. `spread` is (max − min) ÷ median; 0 for a median of 0. */
export interface Summary {
  count: number
  median: number
  min: number
  max: number
  spread: number
}

/**
 * The `q`-quantile (0…1) of unsorted values, with linear interpolation between neighbours (type 7 of Hyndman and
 * Fan, the default of R and NumPy). NaN when there are no values.
 */
export function quantile(values: readonly number[], q: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  return quantileOfSorted(sorted, q)
}

/** The same for values already in ascending order. */
export function quantileOfSorted(sorted: ArrayLike<number>, q: number): number {
  if (sorted.length === 0) return Number.NaN
  const position = (sorted.length - 1) * Math.min(1, Math.max(0, q))
  const below = Math.floor(position)
  const lower = sorted[below]!
  const upper = sorted[Math.min(below + 1, sorted.length - 1)]!
  return lower + (upper - lower) * (position - below)
}

/** The middle value; NaN when there are no values. */
export function median(values: readonly number[]): number {
  return quantile(values, 0.5)
}

/** Median and range; `null` when there are no values. */
export function summarize(values: readonly number[]): Summary | null {
  if (values.length === 0) return null
  const middle = median(values)
  const min = Math.min(...values)
  const max = Math.max(...values)
  return { count: values.length, median: middle, min, max, spread: middle === 0 ? 0 : (max - min) / middle }
}

/**
 * How two alternating series relate: the ratio of their medians, and the range of the ratios within the rounds
 * that both of them finished. Noise that lasts longer than a round hits both and cancels in the latter.
 */
export interface Ratio {
  ofMedians: number
  min: number
  max: number
  rounds: number
}

/** Values with the round that each was taken in. */
export type Rounds = readonly (readonly [round: number, value: number])[]

/** `ours` ÷ `theirs` within each round that both have. */
export function ratiosWithin(ours: Rounds, theirs: Rounds): number[] {
  const theirsByRound = new Map(theirs)
  return ours
    .filter(([round]) => theirsByRound.has(round))
    .map(([round, value]) => value / theirsByRound.get(round)!)
}

/** `ours` ÷ `theirs`; `null` when they share no round. */
export function ratioOf(ours: Rounds, theirs: Rounds): Ratio | null {
  const ratios = ratiosWithin(ours, theirs)
  if (ratios.length === 0) return null
  return {
    ofMedians: median(ours.map(([, value]) => value)) / median(theirs.map(([, value]) => value)),
    min: Math.min(...ratios),
    max: Math.max(...ratios),
    rounds: ratios.length,
  }
}
