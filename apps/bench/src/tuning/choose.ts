import { lawDefaults, differingFlags, nameOf, type Candidate } from './candidates.js'
import type { Score } from './simulate-candidates.js'

/**
 * The few candidates worth a real run: the best of those that load the stores least. Everything within half a per cent of the best goodput
 * counts as equal, because the model is no more precise; among equals less load is better, then fewer flags. If possible, each differs from
 * the others in more than one flag: the noise of a real run hides the effect of a single one.
 */
export function chooseForConfirmation(scores: readonly Score[], count: number): Score[] {
  const own = nameOf(lawDefaults)
  const best = Math.max(...scores.map((score) => score.goodput))
  const tier = (score: Score): number => Math.floor((best - score.goodput) / 0.005)
  const ranked = scores
    .filter((score) => score.name !== own)
    .toSorted(
      (a, b) =>
        tier(a) - tier(b) || a.load + a.throttled - (b.load + b.throttled) || a.name.length - b.name.length,
    )
  const chosen: Score[] = []
  for (const score of ranked) {
    if (chosen.every(({ candidate }) => differingFlags(candidate, score.candidate) > 1)) chosen.push(score)
  }
  return [...chosen, ...ranked.filter((score) => !chosen.includes(score))].slice(0, count)
}

/**
 * Candidates for real runs besides the defaults: the fixed number in flight from the curve of the probes; the best of the simulation; and,
 * on a machine with several processors, the latter with as many threads, up to four.
 */
export function realCandidates(
  scores: readonly Score[],
  { count, enough, processors }: { count: number; enough: number; processors: number },
): Candidate[] {
  const fixed = { ...lawDefaults, concurrency: enough }
  const simulated = chooseForConfirmation(scores, count - 1).map(({ candidate }) => candidate)
  const last = simulated.pop() ?? fixed
  const threads = processors > 1 ? Math.min(4, processors) : null
  return [...(count > 1 ? [fixed] : []), ...simulated, { ...last, threads }]
}
