import type { MemoryRuns } from '../commands/memory.js'
import { bytes } from '../format.js'
import { memoryTable } from '../memory/tables.js'
import { environmentFacts } from './environment-facts.js'
import type { ReportPage } from './page.js'

/** The report of `memory`: peaks, and how they came about. */
export function memoryPage(result: MemoryRuns): ReportPage {
  return {
    title: 'Memory of a run',
    lead:
      result.results.map(({ name, peakMemoryBytes }) => `${name}: ${bytes(peakMemoryBytes)}`).join('; ') +
      '.',
    command: result.command,
    facts: environmentFacts(result.environment, result.durationMs),
    blocks: [
      { type: 'table', title: 'Runs', ...memoryTable(result.results) },
      ...result.results.map(({ name, concurrency, curve }) => ({
        type: 'lines' as const,
        title: `${name}, ${concurrency} in flight: resident memory`,
        x: { label: 'seconds', values: curve.map(({ timeMs }) => timeMs / 1_000) },
        axes: { left: 'MiB' },
        lines: [
          {
            label: 'resident',
            axis: 'left' as const,
            values: curve.map(({ residentBytes }) => residentBytes / 2 ** 20),
          },
        ],
      })),
    ],
  }
}
