import type { LittleResult } from '../commands/little.js'
import { number, percent } from '../format.js'
import type { TableData } from '../run/tables.js'
import { median } from '../statistics.js'

/** Every run beside what Little's law allows. */
export function littleTable({ runs, allowedPerSecond }: LittleResult): TableData {
  return {
    header: ['run', 'objects/s', 'of what is allowed', 'objects/s, settled', 'of what is allowed'],
    rows: runs.map(({ objectsPerSecond, steadyObjectsPerSecond }, index) => [
      String(index + 1),
      number(objectsPerSecond),
      percent(objectsPerSecond / allowedPerSecond),
      number(steadyObjectsPerSecond),
      percent(steadyObjectsPerSecond === null ? null : steadyObjectsPerSecond / allowedPerSecond),
    ]),
  }
}

/** The finding in a line. */
export function describeLittle({ runs, allowedPerSecond, inFlight, latencyMs }: LittleResult): string {
  const whole = median(runs.map((run) => run.objectsPerSecond))
  const known = runs.flatMap((run) =>
    run.steadyObjectsPerSecond === null ? [] : [run.steadyObjectsPerSecond],
  )
  const settled = known.length === 0 ? '' : `, ${percent(median(known) / allowedPerSecond)} once settled`
  return `${inFlight} in flight over ${latencyMs} ms at both sides allow ${number(allowedPerSecond)} objects a second: ${percent(whole / allowedPerSecond)} of that${settled}.`
}
