import type { StartupResult } from '../commands/startup.js'
import { milliseconds, times } from '../format.js'
import { startupTable } from '../startup/tables.js'
import { environmentFacts } from './environment-facts.js'
import type { ReportPage } from './page.js'

/** The report of `startup`. */
export function startupPage(result: StartupResult): ReportPage {
  const others = result.startups.slice(1)
  return {
    title: 'Start-up',
    lead: others.map(({ name, timesNode }) => `${name}: ${times(timesNode)} Node's own start-up`).join('; '),
    command: result.command,
    facts: environmentFacts(result.environment, result.durationMs),
    blocks: [
      { type: 'table', title: 'Start-up', ...startupTable(result) },
      {
        type: 'bars',
        title: 'Wall time',
        better: 'lower',
        bars: result.startups.map(({ name, wallMs: { median: value, min, max } }, index) => ({
          label: name,
          value,
          min,
          max,
          text: milliseconds(value),
          own: index > 0,
        })),
      },
    ],
  }
}
