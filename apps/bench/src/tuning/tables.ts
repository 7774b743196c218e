import { milliseconds, number, percent } from '../format.js'
import type { TuneResult } from '../commands/tune.js'
import type { TableData } from '../run/tables.js'
import { median } from '../statistics.js'

export function probeTable({ probes }: TuneResult): TableData {
  return {
    header: ['in flight', 'objects/s', 'MB/s', 'p50', 'p90', 'throttled'],
    rows: probes.map((probe) => [
      String(probe.concurrency),
      number(probe.objectsPerSecond),
      number(probe.bytesPerSecond / 1e6),
      milliseconds(probe.p50Ms),
      milliseconds(probe.p90Ms),
      percent(probe.throttledShare),
    ]),
  }
}

/** The simulated candidates on the front, and the defaults. */
export function frontTable({ scores }: TuneResult): TableData {
  const shown = scores.filter(({ front, name }) => front || name === 'defaults')
  return {
    header: ['simulated', 'goodput', 'in flight ÷ knee', 'throttled'],
    rows: shown
      .toSorted((a, b) => b.goodput - a.goodput)
      .slice(0, 12)
      .map(({ name, goodput, load, throttled }) => [
        name,
        percent(goodput),
        number(load),
        percent(throttled),
      ]),
  }
}

export function confirmedTable({ confirmed }: TuneResult): TableData {
  const own = confirmed[0] ? median(confirmed[0].objectsPerSecond) : Number.NaN
  return {
    header: ['for real', 'objects/s', 'lowest', 'highest', 'against defaults', 'throttled'],
    rows: confirmed.map(({ name, objectsPerSecond, throttledShare }) => [
      name,
      number(median(objectsPerSecond)),
      number(Math.min(...objectsPerSecond)),
      number(Math.max(...objectsPerSecond)),
      percent(median(objectsPerSecond) / own - 1),
      percent(throttledShare),
    ]),
  }
}

/** The model in words. */
export function describeFit({ fitted }: TuneResult): string {
  const { latencyMs, knee, thrash, wallPerSecond } = fitted
  const wall = wallPerSecond === null ? '' : `, refusing beyond ${number(wallPerSecond)} objects/s`
  const loss = thrash === 0 ? '' : `, losing capacity under overload (${number(thrash)})`
  return `${milliseconds(latencyMs)} an object, ${number(Math.round(knee))} served at once${wall}${loss}`
}
