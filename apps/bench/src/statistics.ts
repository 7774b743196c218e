import { deviation, extent, mean, median as middle } from 'd3-array'

/** Summary of repeated measurements. `spread` is (max − min) ÷ median; 0 for a median of 0. */
export interface Summary {
  count: number
  median: number
  min: number
  max: number
  spread: number
}

/** The middle value; NaN without values. */
export function median(values: readonly number[]): number {
  return middle(values) ?? Number.NaN
}

/** Median and range; `null` without values. */
export function summarize(values: readonly (number | null)[]): Summary | null {
  const known = values.filter((value) => value !== null)
  const [min, max] = extent(known)
  if (min === undefined) return null
  const half = median(known)
  return { count: known.length, median: half, min, max, spread: half === 0 ? 0 : (max - min) / half }
}

/** Values with the round in which each was measured. */
export type Rounds = readonly (readonly [round: number, value: number])[]

/** The relation of two series that took turns: the median of the ratios within the rounds, with its confidence interval. */
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
 * `ours` ÷ `theirs` round by round; `null` if they have no round in common. Noise that lasts longer than a round affects both and cancels.
 * The interval from `low` to `high` is that of order statistics, which assumes no distribution: the narrowest that contains the median with
 * at least 90 %, or the full range if there are too few values.
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

/** Whether every round agrees on a ratio. Two rounds agree by chance too often to count. */
export function agreement({ min, max, rounds }: PairedRatio): 'below' | 'above' | 'unclear' {
  if (rounds < 3) return 'unclear'
  return max < 1 ? 'below' : min > 1 ? 'above' : 'unclear'
}

/** The geometric mean of many paired ratios, so that both sides count equally. */
export interface MeanRatio {
  mean: number
  /** Its relative standard error: the true mean lies within two of them in 95 of 100 cases. */
  error: number
  pairs: number
}

/** Null for fewer than two. */
export function meanRatio(ratios: readonly number[]): MeanRatio | null {
  const pairs = ratios.length
  if (pairs < 2) return null
  const logs = ratios.map(Math.log)
  return { mean: Math.exp(mean(logs)!), error: deviation(logs)! / Math.sqrt(pairs), pairs }
}

/** The probability that the median lies within this many sorted values, without the first and the last `cut`: a binomial distribution. */
function coverage(count: number, cut: number): number {
  let outside = 0
  let ways = 1
  for (let heads = 0; heads <= cut; heads += 1) {
    outside += ways
    ways = (ways * (count - heads)) / (heads + 1)
  }
  return 1 - (2 * outside) / 2 ** count
}
