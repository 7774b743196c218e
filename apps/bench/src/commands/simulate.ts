import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { families, makeScenario, simulateFluid } from '@lagoon/aimd/simulator'
import { defineCommand } from '../cli/command.js'
import { choices, count, text, texts } from '../cli/options.js'
import type { MeasuredOn } from '../environment.js'
import { number, percent } from '../format.js'
import type { LinesSection } from '../report/report.js'
import { bars, table } from '../report/sections.js'
import { judge, overall, type FamilyResult, type LawScore } from '../simulation/judge.js'
import { readLaw, type NamedLaw } from '../simulation/laws.js'
import { plotFamily, plotFile } from '../simulation/plot-svg.js'
import { gridOf, resample, type Resampled } from '../simulation/resample.js'

/** A typical scenario of a family, as every law ran it. */
interface FamilyPlot {
  family: string
  seed: number
  description: string
  timesMs: number[]
  laws: ({ law: string } & Resampled)[]
}

interface Findings {
  seeds: number[]
  overall: LawScore[]
  families: FamilyResult[]
  plots: FamilyPlot[]
}

const familyNames = Object.keys(families)
const plotSteps = 240

/** Laws on families of simulated backends: scores, and a plot of a typical scenario of each family. */
export const simulate = defineCommand({
  name: 'simulate',
  summary: 'Run control laws over simulated backends, far faster than real time',
  options: {
    law: texts(
      'A preset, a preset with options (adaptive:intervalMs=1000), or a module; several by repeating it',
      ['adaptive', 'seed'],
    ),
    family: choices('Backends', familyNames),
    scenarios: count('Scenarios of each family', 20),
    firstSeed: count('Their parameters follow from seeds from here on', 1, 0),
    plots: text(
      'Also draw a scenario of each family, with the first law, as SVG files into this folder',
      undefined,
    ),
  },
  example: ['--family "rate wall" --law adaptive --law adaptive:intervalMs=5000', 'One option varied'],

  async measure(
    { law, family: wanted, scenarios, firstSeed, plots: folder },
    session,
  ): Promise<Findings & MeasuredOn> {
    const laws = await Promise.all(law.map(readLaw))
    const seeds = Array.from({ length: scenarios }, (_, index) => firstSeed + index)
    session.expect(wanted.length)
    const onFamily = (family: string): void => session.step(family)
    const scores = await judge({ laws, families: wanted, seeds, signal: session.signal, onFamily })
    if (folder !== undefined) {
      await mkdir(folder, { recursive: true })
      for (const family of wanted)
        await writeFile(join(folder, plotFile(family)), plotFamily(family, laws[0]!.create))
    }
    return {
      stores: 'simulated backends',
      seeds,
      overall: overall(scores),
      families: scores,
      plots: wanted.map((family) => plotOf(family, scores, laws)),
    }
  },

  describe: ({ seeds, overall: laws, families: scores, plots }) => ({
    title: 'Control laws over simulated backends',
    headline: `${laws.map(({ law, meanGoodput }) => `${law}: ${percent(meanGoodput)} of the oracle's goodput`).join('; ')}.`,
    sections: [
      table(`Over all families, ${seeds.length} scenarios each`, laws, {
        law: ({ law }) => law,
        'mean goodput': ({ meanGoodput }) => percent(meanGoodput),
        'lowest family': ({ lowestGoodput, lowestFamily }) => `${percent(lowestGoodput)}, ${lowestFamily}`,
        'in flight ÷ knee': ({ worstInFlightOverKnee }) => number(worstInFlightOverKnee),
        throttled: ({ worstThrottled }) => percent(worstThrottled),
        'lowest Jain': ({ lowestJain }) => lowestJain.toFixed(3),
      }),
      bars(
        'Goodput against the oracle, median and range of the families',
        'higher',
        laws.map(({ law }, index) => ({
          label: law,
          values: scores.filter((score) => score.law === law).map(({ goodput }) => goodput.median),
          own: index === 0,
        })),
        percent,
      ),
      table('By family', scores, {
        family: ({ family }) => family,
        law: ({ law }) => law,
        goodput: ({ goodput }) => percent(goodput.median),
        worst: ({ goodput }) => percent(goodput.min),
        'in flight ÷ knee': ({ inFlightOverKnee }) => number(inFlightOverKnee),
        throttled: ({ throttled }) => percent(throttled),
        Jain: ({ jain }) => jain.toFixed(3),
      }),
      ...plots.flatMap((plot) => [
        lawLines(`${plot.family} (${plot.description}): limit`, 'in flight', plot, 'limit', ['knee', 'knee']),
        lawLines(`${plot.family}: objects per second`, 'objects/s', plot, 'objectsPerSecond', [
          'oracle',
          'oraclePerSecond',
        ]),
      ]),
    ],
  }),
})

/** The typical scenario of the first law, so that all laws show the same one. */
function plotOf(family: string, scores: readonly FamilyResult[], laws: readonly NamedLaw[]): FamilyPlot {
  const { typicalSeed: seed } = scores.find((score) => score.family === family)!
  const scenario = makeScenario(family, seed)
  const timesMs = gridOf(scenario.durationMs, plotSteps)
  const runs = laws.map(({ name, create }) => ({
    law: name,
    ...resample(simulateFluid(scenario, create, { trace: true }).trace, timesMs),
  }))
  return { family, seed, description: scenario.description, timesMs, laws: runs }
}

/** A figure of every law over time, with its reference as a dashed line. */
function lawLines(
  title: string,
  axis: string,
  { timesMs, laws }: FamilyPlot,
  figure: keyof Resampled,
  [label, against]: readonly [string, keyof Resampled],
): LinesSection {
  return {
    type: 'lines',
    title,
    x: { label: 'minutes', values: timesMs.map((time) => time / 60_000) },
    axes: { left: axis },
    lines: [
      ...laws.map(({ law, [figure]: values }) => ({ label: law, axis: 'left' as const, values })),
      { label, axis: 'left', values: laws[0]?.[against] ?? [], dashed: true },
    ],
    whyEmpty: 'the scenario has no windows.',
  }
}
