import type { LittleResult } from '../commands/little.js'
import { describeLittle, littleTable } from '../little/tables.js'
import { number } from '../format.js'
import { environmentFacts } from './environment-facts.js'
import type { ReportPage } from './page.js'

/** The report of `little`. */
export function littlePage(result: LittleResult): ReportPage {
  const rates = result.runs.map((run) => run.steadyObjectsPerSecond ?? run.objectsPerSecond)
  return {
    title: 'A long path, and what it allows',
    lead: describeLittle(result),
    command: result.command,
    facts: environmentFacts(result.environment, result.durationMs),
    blocks: [
      { type: 'table', title: 'Runs', ...littleTable(result) },
      {
        type: 'bars',
        title: 'Objects a second once settled, beside what is allowed',
        better: 'higher',
        bars: [
          ...rates.map((value, index) => ({
            label: `run ${index + 1}`,
            value,
            text: number(value),
            own: true,
          })),
          {
            label: "Little's law",
            value: result.allowedPerSecond,
            text: number(result.allowedPerSecond),
          },
        ],
      },
    ],
  }
}
