import { median, ratiosWithin, type Rounds } from './statistics.js'

/** How two series that took turns relate: the median of the ratios within the rounds, and how sure that is. */
export interface PairedRatio {
  median: number
  /** The true median lies between these with a probability of `confidence`. */
  low: number
  high: number
  confidence: number
  rounds: number
}

/**
 * `ours` ÷ `theirs` round by round; `null` when they share no round. The range is that of order statistics, which asks nothing of how
 * ratios are distributed: the narrowest that holds the median with at least 90 %, or all of them where there are too few.
 */
export function pairedRatio(ours: Rounds, theirs: Rounds): PairedRatio | null {
  const ratios = ratiosWithin(ours, theirs).sort((a, b) => a - b)
  const rounds = ratios.length
  if (rounds === 0) return null
  let cut = 0
  while (2 * (cut + 1) < rounds - 1 && coverage(rounds, cut + 1) >= 0.9) cut += 1
  const [low, high] = [ratios[cut]!, ratios[rounds - 1 - cut]!]
  return { median: median(ratios), low, high, confidence: coverage(rounds, cut), rounds }
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
  const logs = ratios.map((ratio) => Math.log(ratio))
  const mean = logs.reduce((sum, log) => sum + log, 0) / pairs
  const squares = logs.reduce((sum, log) => sum + (log - mean) ** 2, 0)
  return { mean: Math.exp(mean), error: Math.sqrt(squares / (pairs - 1) / pairs), pairs }
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
