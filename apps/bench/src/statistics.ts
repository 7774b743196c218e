import { deviation, extent, mean, median as middle } from 'd3-array'

/** A set of repeated measurements in short. `spread` is (max − min) ÷ median; 0 for a median of 0. */
export interface Summary {
  count: number
  median: number
  min: number
  max: number
  spread: number
}

/** The middle value; NaN when there are no values. */
export function median(values: readonly number[]): number {
  return middle(values) ?? Number.NaN
}

/** Median and range; `null` when there are no values. */
export function summarize(values: readonly (number | null)[]): Summary | null {
  const known = values.filter((value) => value !== null)
  const [min, max] = extent(known)
  if (min === undefined) return null
  const half = median(known)
  return { count: known.length, median: half, min, max, spread: half === 0 ? 0 : (max - min) / half }
}

/** Values with the round that each was taken in. */
export type Rounds = readonly (readonly [round: number, value: number])[]

/** How two series that took turns relate: the median of the ratios within the rounds, and how sure that is. */
export interface PairedRatio {
  median: number
  /** The true median lies between these with a probability of `confidence`. */
  low: number
  high: number
  confidence: number
  /** Lowest and highest of all rounds. */
  min: number
  max: number
  rounds: number
}

/**
 * `ours` ÷ `theirs` round by round; `null` when they share no round. Noise that lasts longer than a round hits both and cancels. The range from
 * `low` to `high` is that of order statistics, which asks nothing of how ratios are distributed: the narrowest that holds the median with at
 * least 90 %, or all of them where there are too few.
 */
export function pairedRatio(ours: Rounds, theirs: Rounds): PairedRatio | null {
  const theirsByRound = new Map(theirs)
  const ratios = ours
    .flatMap(([round, value]) => (theirsByRound.has(round) ? [value / theirsByRound.get(round)!] : []))
    .sort((a, b) => a - b)
  const rounds = ratios.length
  if (rounds === 0) return null
  let cut = 0
  while (2 * (cut + 1) < rounds - 1 && coverage(rounds, cut + 1) >= 0.9) cut += 1
  return {
    median: median(ratios),
    low: ratios[cut]!,
    high: ratios[rounds - 1 - cut]!,
    confidence: coverage(rounds, cut),
    min: ratios[0]!,
    max: ratios[rounds - 1]!,
    rounds,
  }
}

/** Whether every round says the same of a ratio. Two rounds that agree by chance are too likely to be told. */
export function agreement({ min, max, rounds }: PairedRatio): 'below' | 'above' | 'unclear' {
  if (rounds < 3) return 'unclear'
  return max < 1 ? 'below' : min > 1 ? 'above' : 'unclear'
}

/** The mean of many ratios that were taken in pairs: of their logarithms, so that both sides count alike. */
export interface MeanRatio {
  mean: number
  /** Its relative standard error: the true mean lies within two of them in 95 of 100 cases. */
  error: number
  pairs: number
}

/** Null for less than two. */
export function meanRatio(ratios: readonly number[]): MeanRatio | null {
  const pairs = ratios.length
  if (pairs < 2) return null
  const logs = ratios.map(Math.log)
  return { mean: Math.exp(mean(logs)!), error: deviation(logs)! / Math.sqrt(pairs), pairs }
}

/** How likely the median lies within so many sorted values, without the first and the last `cut`: a matter of tossing coins. */
function coverage(count: number, cut: number): number {
  let outside = 0
  let ways = 1
  for (let heads = 0; heads <= cut; heads += 1) {
    outside += ways
    ways = (ways * (count - heads)) / (heads + 1)
  }
  return 1 - (2 * outside) / 2 ** count
}
