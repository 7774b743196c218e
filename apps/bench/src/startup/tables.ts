import type { StartupResult } from '../commands/startup.js'
import { milliseconds, percent, times } from '../format.js'
import type { TableData } from '../run/tables.js'

/** What was started beside Node itself. */
export function startupTable({ startups }: StartupResult): TableData {
  return {
    header: ['start-up', 'wall', 'spread', 'CPU', '÷ node -e 0'],
    rows: startups.map(({ name, wallMs, cpuMs, timesNode }) => [
      name,
      milliseconds(wallMs.median),
      percent(wallMs.spread),
      milliseconds(cpuMs?.median),
      times(timesNode),
    ]),
  }
}
