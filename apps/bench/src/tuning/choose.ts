import { nameOf, defaults } from './candidates.js'
import type { Score } from './simulate-candidates.js'

/**
 * The few worth a real run: the best of those that load the stores least. Everything within half a per cent of the
 * best goodput counts as equal, for the model is no better than that; among equals less load wins, then fewer flags.
 */
export function chooseForConfirmation(scores: readonly Score[], count: number): Score[] {
  const own = nameOf(defaults)
  const best = Math.max(...scores.map((score) => score.goodput))
  const tier = (score: Score): number => Math.floor((best - score.goodput) / 0.005)
  return scores
    .filter((score) => score.name !== own)
    .toSorted(
      (a, b) =>
        tier(a) - tier(b) || a.load + a.throttled - (b.load + b.throttled) || a.name.length - b.name.length,
    )
    .slice(0, count)
}
