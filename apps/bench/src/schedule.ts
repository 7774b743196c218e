/** Number of warm-up rounds, and of rounds that count. */
export interface RoundCounts {
  warmUp: number
  measured: number
}

/** One run of one variant in one round. Round 0 is the warm-up. */
export interface Turn {
  variant: number
  round: number
}

/**
 * The order in which variants take turns: every round runs each variant once, and begins one variant further on, so that none always runs
 * first (on cold caches) or always after the same neighbour.
 */
export function interleave(variants: number, { warmUp, measured }: RoundCounts): Turn[] {
  return Array.from({ length: warmUp + measured }, (_, index) => Math.max(0, index - warmUp + 1)).flatMap(
    (round) =>
      Array.from({ length: variants }, (_, at) => ({
        variant: (at + Math.max(0, round - 1)) % variants,
        round,
      })),
  )
}
