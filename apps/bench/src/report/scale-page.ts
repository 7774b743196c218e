import type { ScaleResult } from '../commands/scale.js'
import { number } from '../format.js'
import { scaleTables } from '../scale/tables.js'
import { environmentFacts } from './environment-facts.js'
import type { Block, ReportPage } from './page.js'

/** The report of `scale`. */
export function scalePage(result: ScaleResult): ReportPage {
  const { sizes } = result
  return {
    title: 'Jobs that grow',
    lead: sizes
      .map(({ keys, bytesPerKey }) => `${number(keys)} keys: ${number(bytesPerKey)} bytes of state each`)
      .join('; '),
    command: result.command,
    facts: environmentFacts(result.environment, result.durationMs),
    blocks: [
      ...scaleTables(result).map((table) => ({
        type: 'table' as const,
        title: table.header[0] || 'State, manifests and runs',
        ...table,
      })),
      ...(sizes.length > 0 ? [recordedBars(sizes)] : []),
    ],
  }
}

function recordedBars(sizes: ScaleResult['sizes']): Block {
  return {
    type: 'bars',
    title: 'Keys recorded as complete, a second',
    better: 'higher',
    bars: sizes.map(({ keys, recorded: { perSecond } }) => ({
      label: `${number(keys)} keys`,
      value: perSecond,
      text: number(perSecond),
      own: true,
    })),
  }
}
