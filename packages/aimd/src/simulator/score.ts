import { families, makeScenario } from './families.js'
import { simulateFluid } from './fluid-engine.js'
import type { Engine, Outcome, SimulatedController } from './scenario.js'

/** Seeds that the law was tuned on. */
export const tuneSeeds: readonly number[] = range(1, 16)
/** Seeds whose parameters were held back while the law was tuned. */
export const heldBackSeeds: readonly number[] = range(9001, 24)

/** What a law is worth in one family of backends, over several seeds. */
export interface FamilyScore {
  family: string
  runs: number
  /** Goodput in bytes against the oracle, the ramp included. */
  goodput: { mean: number; median: number; worst: number; worstSeed: number }
  /** In flight over the knee in the last third, median and 90th percentile of the runs. */
  inFlightOverKnee: { median: number; p90: number }
  /** Share of attempts throttled in the last third, mean of the runs. */
  throttled: number
  /** Jain's index in the last third, mean of the runs; 1 with one instance. */
  jain: number
  /** Goodput of the last third against the oracle, mean of the runs. */
  lateGoodput: number
}

/** Runs every family, or those named, over seeds. Deterministic: the same law and seeds give the same scores. */
export function score(
  createController: () => SimulatedController,
  options: { seeds?: readonly number[]; families?: readonly string[]; engine?: Engine } = {},
): FamilyScore[] {
  const { seeds = heldBackSeeds, families: names = Object.keys(families), engine = simulateFluid } = options
  return names.map((family) => {
    const runs = seeds.map((seed) => engine(makeScenario(family, seed), createController))
    return summarize(family, seeds, runs)
  })
}

function summarize(family: string, seeds: readonly number[], runs: readonly Outcome[]): FamilyScore {
  const goodput = runs.map((run) => run.goodput)
  const worst = Math.min(...goodput)
  const inFlight = runs.map((run) => run.inFlightOverKnee)
  return {
    family,
    runs: runs.length,
    goodput: {
      mean: mean(goodput),
      median: quantile(goodput, 0.5),
      worst,
      worstSeed: seeds[goodput.indexOf(worst)] ?? 0,
    },
    inFlightOverKnee: { median: quantile(inFlight, 0.5), p90: quantile(inFlight, 0.9) },
    throttled: mean(runs.map((run) => run.throttled)),
    jain: mean(runs.map((run) => run.jain)),
    lateGoodput: mean(runs.map((run) => run.lateGoodput)),
  }
}

/** The arithmetic mean; 0 of nothing. */
export function mean(values: readonly number[]): number {
  return values.length === 0 ? 0 : values.reduce((a, b) => a + b, 0) / values.length
}

function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0
}

function range(first: number, count: number): number[] {
  return Array.from({ length: count }, (_, index) => first + index)
}
