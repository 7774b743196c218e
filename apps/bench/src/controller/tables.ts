import type { ControllerResult } from '../commands/controller.js'
import { number, percent } from '../format.js'
import type { TableData } from '../run/tables.js'
import type { PairedRatio } from '../paired-ratio.js'
import { median, summarize } from '../statistics.js'
import type { Contender, Verdict } from './verdict.js'

/** Fixed concurrencies and the controller, medians of their runs. */
export function sweepTable(contenders: readonly Contender[]): TableData {
  return {
    header: [
      'in flight',
      'objects/s',
      'MB/s, with the ramp',
      'spread',
      'MB/s, settled',
      'in flight, settled',
      'throttled',
      'after 1 min',
    ],
    rows: contenders.map(({ concurrency, runs }) => {
      const whole = summarize(runs.map((run) => run.bytesPerSecond))
      return [
        String(concurrency),
        number(median(runs.map((run) => run.objectsPerSecond))),
        number(whole && whole.median / 1e6),
        percent(whole?.spread),
        number(medianOf(runs.map((run) => run.steadyBytesPerSecond && run.steadyBytesPerSecond / 1e6))),
        number(medianOf(runs.map((run) => run.inFlight))),
        percent(median(runs.map((run) => run.throttled))),
        percent(medianOf(runs.map((run) => run.throttledLater))),
      ]
    }),
  }
}

/** The finding for a workload in a line. */
export function describeVerdict(workload: string, verdict: Verdict | null): string {
  if (verdict === null) return `${workload}: nothing to compare`
  const { best, whole, steady, throttled, throttledLater } = verdict
  const settled = steady === null ? '' : `; once settled ${describeRatio(steady)}`
  const later = throttledLater === null ? '' : `, ${percent(throttledLater)} after the first minute`
  return `${workload}: beside the best fixed concurrency (${best}) the controller gets ${describeRatio(whole)} with its ramp${settled}; ${percent(throttled)} throttled${later}`
}

function describeRatio({ median, low, high, confidence, rounds }: PairedRatio): string {
  return `${percent(median)} (${percent(low)} to ${percent(high)} with ${percent(confidence)} confidence, ${rounds} rounds)`
}

/** The findings of all workloads. */
export function describeResult(result: ControllerResult): string[] {
  return result.workloads.map(({ workload, verdict }) => describeVerdict(workload, verdict))
}

function medianOf(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null)
  return known.length === 0 ? null : median(known)
}
