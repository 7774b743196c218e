import type { MicroResult } from '../commands/micro.js'
import { nanoseconds } from '../format.js'
import { microTable } from '../micro/tables.js'
import { environmentFacts } from './environment-facts.js'
import type { ReportPage } from './page.js'

/** The report of `micro`, with the ratios to a baseline where there is one. */
export function microPage(
  result: MicroResult,
  ratios?: readonly { name: string; ratio: number | null }[],
): ReportPage {
  const slower = (ratios ?? []).filter(({ ratio }) => ratio !== null && ratio > 1.1).map(({ name }) => name)
  return {
    title: 'Cost of the smallest pieces of work',
    lead: ratios
      ? `More than 10 % above the baseline: ${slower.length === 0 ? 'nothing' : slower.join(', ')}.`
      : 'Processor time an operation, through the public interfaces of the packages.',
    command: result.command,
    facts: environmentFacts(result.environment, result.durationMs),
    blocks: [
      { type: 'table', title: 'Operations', ...microTable(result.figures, ratios) },
      {
        type: 'bars',
        title: 'CPU an operation',
        better: 'lower',
        bars: result.figures.map(({ name, unit, cpuNs }) => ({
          label: name,
          value: cpuNs.median / 1_000,
          min: cpuNs.min / 1_000,
          max: cpuNs.max / 1_000,
          text: `${nanoseconds(cpuNs.median)} per ${unit}`,
          own: true,
        })),
      },
    ],
  }
}
