/** One run of one variant in one round. Round 0 is the warm-up. */
export interface Turn {
  variant: number
  round: number
}

/**
 * The order in which variants take turns: every round runs each variant once, and every round begins one
 * variant further on, so that nobody always runs first (on cold caches) or always behind the same neighbour.
 */
export function interleave(variants: number, rounds: { warmUp: number; measured: number }): Turn[] {
  const turns: Turn[] = []
  const take = (round: number, shift: number): void => {
    for (let position = 0; position < variants; position += 1) {
      turns.push({ variant: (position + shift) % variants, round })
    }
  }
  for (let round = 0; round < rounds.warmUp; round += 1) take(0, 0)
  for (let round = 1; round <= rounds.measured; round += 1) take(round, round - 1)
  return turns
}
