import { nanoseconds, number, percent, times } from '../format.js'
import type { TableData } from '../run/tables.js'
import type { MicroFigure } from './measure-task.js'

/** Costs of single operations, and their ratio to a baseline where there is one. */
export function microTable(
  figures: readonly MicroFigure[],
  ratios?: readonly { name: string; ratio: number | null }[],
): TableData {
  return {
    header: ['operation', 'of', 'CPU', 'spread', 'elapsed', 'a second', ...(ratios ? ['÷ baseline'] : [])],
    rows: figures.map(({ name, unit, cpuNs, wallNs }) => [
      name,
      unit,
      nanoseconds(cpuNs.median),
      percent(cpuNs.spread),
      nanoseconds(wallNs.median),
      number(1e9 / wallNs.median),
      ...(ratios ? [times(ratios.find((one) => one.name === name)?.ratio)] : []),
    ]),
  }
}
