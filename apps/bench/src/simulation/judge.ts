import { makeScenario, simulateFluid, type Outcome } from '@lagoon/aimd/simulator'
import { setImmediate as breathe } from 'node:timers/promises'
import { median } from '../statistics.js'
import type { NamedLaw } from './laws.js'

/** The result of a law for one family of backends: medians over its scenarios, and the worst of them. */
export interface FamilyResult {
  family: string
  law: string
  scenarios: number
  /** Bytes delivered relative to the oracle. */
  goodput: { median: number; min: number }
  /** Mean in flight against the knee in the last third. */
  inFlightOverKnee: number
  /** Share of attempts throttled in the last third. */
  throttled: number
  /** Fairness among instances; 1 for a single one. */
  jain: number
  /** Seed of the scenario with the median goodput: the typical case, for plots. */
  typicalSeed: number
}

/** Runs every law on every scenario of the families with the given seeds. Deterministic. */
export async function judge(options: {
  laws: readonly NamedLaw[]
  families: readonly string[]
  seeds: readonly number[]
  signal?: AbortSignal
  onFamily?: (family: string) => void
}): Promise<FamilyResult[]> {
  const scores: FamilyResult[] = []
  for (const family of options.families) {
    for (const law of options.laws) {
      const outcomes: { seed: number; outcome: Outcome }[] = []
      for (const seed of options.seeds) {
        options.signal?.throwIfAborted()
        outcomes.push({ seed, outcome: simulateFluid(makeScenario(family, seed), law.create) })
        await breathe()
      }
      scores.push(scoreOf(family, law.name, outcomes))
    }
    options.onFamily?.(family)
  }
  return scores
}

function scoreOf(
  family: string,
  law: string,
  outcomes: readonly { seed: number; outcome: Outcome }[],
): FamilyResult {
  const over = (figure: (outcome: Outcome) => number): number[] =>
    outcomes.map(({ outcome }) => figure(outcome))
  const byGoodput = outcomes.toSorted((a, b) => a.outcome.goodput - b.outcome.goodput)
  return {
    family,
    law,
    scenarios: outcomes.length,
    goodput: { median: median(over((one) => one.goodput)), min: byGoodput[0]!.outcome.goodput },
    inFlightOverKnee: median(over((one) => one.inFlightOverKnee)),
    throttled: median(over((one) => one.throttled)),
    jain: median(over((one) => one.jain)),
    typicalSeed: byGoodput[Math.floor((byGoodput.length - 1) / 2)]!.seed,
  }
}

/** A law over all families: the mean of their medians, and the lowest of them. */
export interface LawScore {
  law: string
  meanGoodput: number
  lowestGoodput: number
  lowestFamily: string
  worstInFlightOverKnee: number
  worstThrottled: number
  lowestJain: number
}

export function overall(scores: readonly FamilyResult[]): LawScore[] {
  return [...new Set(scores.map(({ law }) => law))].map((law) => {
    const own = scores.filter((score) => score.law === law)
    const lowest = own.reduce((worst, score) => (score.goodput.median < worst.goodput.median ? score : worst))
    return {
      law,
      meanGoodput: own.reduce((sum, score) => sum + score.goodput.median, 0) / own.length,
      lowestGoodput: lowest.goodput.median,
      lowestFamily: lowest.family,
      worstInFlightOverKnee: Math.max(...own.map((score) => score.inFlightOverKnee)),
      worstThrottled: Math.max(...own.map((score) => score.throttled)),
      lowestJain: Math.min(...own.map((score) => score.jain)),
    }
  })
}
