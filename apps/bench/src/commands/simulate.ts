import { makeScenario, simulateFluid } from '@lagoon/aimd/simulator'
import { captureEnvironment, type Environment } from '../environment.js'
import { createProgress } from '../progress.js'
import type { Session } from '../session.js'
import { judge, overall, type FamilyScore, type LawScore } from '../simulation/judge.js'
import type { NamedLaw } from '../simulation/laws.js'
import { gridOf, resample, type Resampled } from '../simulation/resample.js'

export interface SimulateOptions {
  laws: readonly NamedLaw[]
  families: readonly string[]
  seeds: readonly number[]
  command: string
}

/** A typical scenario of a family, as every law ran it. */
export interface FamilyPlot {
  family: string
  seed: number
  description: string
  timesMs: number[]
  laws: ({ law: string } & Resampled)[]
}

export interface SimulateResult {
  kind: 'simulate'
  command: string
  environment: Environment
  durationMs: number
  seeds: readonly number[]
  overall: LawScore[]
  families: FamilyScore[]
  plots: FamilyPlot[]
}

const plotSteps = 240

/** Laws over families of simulated backends: scores, and a plot of a typical scenario of each family. */
export async function simulate(options: SimulateOptions, session: Session): Promise<SimulateResult> {
  const startedAt = performance.now()
  const environment = await captureEnvironment('simulated backends', {})
  const progress = createProgress(options.families.length)
  const families = await judge({
    ...options,
    signal: session.signal,
    onFamily: (family) => progress.step(family),
  })
  return {
    kind: 'simulate',
    command: options.command,
    environment,
    durationMs: performance.now() - startedAt,
    seeds: options.seeds,
    overall: overall(families),
    families,
    plots: options.families.map((family) => plotOf(family, families, options.laws)),
  }
}

/** The scenario is the typical one of the first law, so that all laws show the same. */
function plotOf(family: string, scores: readonly FamilyScore[], laws: readonly NamedLaw[]): FamilyPlot {
  const { typicalSeed } = scores.find((score) => score.family === family)!
  const scenario = makeScenario(family, typicalSeed)
  const timesMs = gridOf(scenario.durationMs, plotSteps)
  return {
    family,
    seed: typicalSeed,
    description: scenario.description,
    timesMs,
    laws: laws.map((law) => ({
      law: law.name,
      ...resample(simulateFluid(scenario, law.create, { trace: true }).trace, timesMs),
    })),
  }
}
