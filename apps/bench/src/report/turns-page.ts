import type { TurnsResult } from '../commands/turns.js'
import { number } from '../format.js'
import { describeTurns, turnsTable } from '../turns/tables.js'
import { environmentFacts } from './environment-facts.js'
import type { Block, ReportPage } from './page.js'
import { timelineBlocks } from './timeline-blocks.js'

/** The report of `turns`. */
export function turnsPage(result: TurnsResult): ReportPage {
  return {
    title: 'The controller and fixed concurrencies, in turn',
    lead: `${describeTurns(result).join('. ')}.`,
    command: result.command,
    facts: [
      ['Turns', `${result.turnSeconds} s each, ${result.seconds} s for a controller`],
      ['Settled', `after ${result.settleSeconds} s of its own turns`],
      ...environmentFacts(result.environment, result.durationMs),
    ],
    blocks: result.workloads.flatMap((finding): Block[] => [
      { type: 'table', title: `${finding.workload}: all turns`, ...turnsTable(finding) },
      {
        type: 'bars',
        title: `${finding.workload}: objects a second`,
        better: 'higher',
        bars: finding.verdict.contenders.map(({ concurrency, objectsPerSecond }) => ({
          label: String(concurrency),
          value: objectsPerSecond,
          text: number(objectsPerSecond),
          own: concurrency === 'controller',
        })),
      },
      ...timelineBlocks(`${finding.workload}: a controller, over its own turns`, finding.timeline),
    ]),
  }
}
