import type { ControllerResult } from '../commands/controller.js'
import { describeResult, sweepTable } from '../controller/tables.js'
import { number } from '../format.js'
import { median } from '../statistics.js'
import { environmentFacts } from './environment-facts.js'
import type { Block, ReportPage } from './page.js'
import { timelineBlocks } from './timeline-blocks.js'

/** The report of `controller`. */
export function controllerPage(result: ControllerResult): ReportPage {
  return {
    title: 'The controller beside fixed concurrencies',
    lead: `${describeResult(result).join('. ')}.`,
    command: result.command,
    facts: [
      ['Longest run', `${result.seconds} s, settled after ${result.settleSeconds} s`],
      ...environmentFacts(result.environment, result.durationMs),
    ],
    blocks: result.workloads.flatMap(({ workload, look, contenders, timeline }): Block[] => [
      { type: 'table', title: `${workload}: in turn`, ...sweepTable(contenders) },
      {
        type: 'bars',
        title: `${workload}: MB a second, ramp included`,
        better: 'higher',
        bars: contenders.map(({ concurrency, runs }) => {
          const rates = runs.map((run) => run.bytesPerSecond / 1e6)
          const value = median(rates)
          const range = { min: Math.min(...rates), max: Math.max(...rates) }
          return {
            label: String(concurrency),
            value,
            ...range,
            text: number(value),
            own: concurrency === 'controller',
          }
        }),
      },
      ...(look.length > 0
        ? [
            {
              type: 'table' as const,
              title: `${workload}: the first look`,
              ...sweepTable(look),
              folded: true,
            },
          ]
        : []),
      ...timelineBlocks(`${workload}: a run with the controller`, timeline),
    ]),
  }
}
