import { describeVerdict, type TuneResult } from '../commands/tune.js'
import { number, percent } from '../format.js'
import { median } from '../statistics.js'
import { confirmedTable, describeFit, frontTable, probeTable } from '../tuning/tables.js'
import { environmentFacts } from './environment-facts.js'
import type { ReportPage } from './page.js'

/** The report of `tune`. */
export function tunePage(result: TuneResult): ReportPage {
  return {
    title: 'Tuning for these stores',
    lead: describeVerdict(result),
    command: result.command,
    facts: [['Model', describeFit(result)], ...environmentFacts(result.environment, result.durationMs)],
    blocks: [
      {
        type: 'bars',
        title: 'For real: objects a second',
        better: 'higher',
        bars: result.confirmed.map(({ name, objectsPerSecond }) => ({
          label: name,
          value: median(objectsPerSecond),
          min: Math.min(...objectsPerSecond),
          max: Math.max(...objectsPerSecond),
          text: number(median(objectsPerSecond)),
          own: name === 'defaults',
        })),
      },
      { type: 'table', title: 'For real', ...confirmedTable(result) },
      { type: 'table', title: 'Probes', ...probeTable(result) },
      {
        type: 'scatter',
        title: 'Simulated: goodput against load, and the front that nothing beats',
        x: 'in flight ÷ knee',
        y: 'goodput, %',
        points: result.scores.map(({ name, goodput, load, throttled, front }) => ({
          x: load,
          y: goodput * 100,
          label: `${name}: ${percent(goodput)} at ${number(load)} of the knee, ${percent(throttled)} throttled`,
          front,
        })),
      },
      { type: 'table', title: 'Simulated: the front', ...frontTable(result) },
    ],
  }
}
