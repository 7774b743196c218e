import type { FamilyPlot, SimulateResult } from '../commands/simulate.js'
import { percent } from '../format.js'
import { familyTable, overallTable } from '../simulation/tables.js'
import { environmentFacts } from './environment-facts.js'
import type { LinesBlock, ReportPage } from './page.js'

/** The report of `simulate`. */
export function simulatePage(result: SimulateResult): ReportPage {
  const [first] = result.overall
  return {
    title: 'Control laws over simulated backends',
    lead: result.overall
      .map((score) => `${score.law}: ${percent(score.meanGoodput)} of the oracle's goodput`)
      .join('; ')
      .concat('.'),
    command: result.command,
    facts: environmentFacts(result.environment, result.durationMs),
    blocks: [
      {
        type: 'table',
        title: `Over all families, ${result.seeds.length} scenarios each`,
        ...overallTable(result.overall),
      },
      {
        type: 'bars',
        title: 'Goodput against the oracle, median and worst to best family',
        better: 'higher',
        bars: result.overall.map((score) => {
          const own = result.families
            .filter(({ law }) => law === score.law)
            .map(({ goodput }) => goodput.median)
          return {
            label: score.law,
            value: score.meanGoodput,
            min: Math.min(...own),
            max: Math.max(...own),
            text: percent(score.meanGoodput),
            own: score === first,
          }
        }),
      },
      { type: 'table', title: 'By family', ...familyTable(result.families) },
      ...result.plots.flatMap((plot) => [limitPlot(plot), goodputPlot(plot)]),
    ],
  }
}

function limitPlot(plot: FamilyPlot): LinesBlock {
  return {
    type: 'lines',
    title: `${plot.family} (${plot.description}): limit`,
    x: { label: 'minutes', values: plot.timesMs.map((time) => time / 60_000) },
    axes: { left: 'in flight' },
    lines: [
      ...plot.laws.map(({ law, limit }) => ({ label: law, axis: 'left' as const, values: limit })),
      { label: 'knee', axis: 'left', values: plot.laws[0]?.knee ?? [], dashed: true },
    ],
  }
}

function goodputPlot(plot: FamilyPlot): LinesBlock {
  return {
    type: 'lines',
    title: `${plot.family}: objects a second`,
    x: { label: 'minutes', values: plot.timesMs.map((time) => time / 60_000) },
    axes: { left: 'objects/s' },
    lines: [
      ...plot.laws.map(({ law, objectsPerSecond }) => ({
        label: law,
        axis: 'left' as const,
        values: objectsPerSecond,
      })),
      { label: 'oracle', axis: 'left', values: plot.laws[0]?.oraclePerSecond ?? [], dashed: true },
    ],
  }
}
