import type { TurnsFinding, TurnsResult } from '../commands/turns.js'
import { number, percent } from '../format.js'
import type { MeanRatio } from '../paired-ratio.js'
import type { TableData } from '../run/tables.js'

/** Every contender, and the controller beside it. */
export function turnsTable({ verdict }: TurnsFinding): TableData {
  return {
    header: [
      'in flight',
      'objects/s',
      'MB/s',
      'in flight, median',
      'throttled',
      'controller ÷ this',
      'once settled',
    ],
    rows: verdict.contenders.map((one) => [
      String(one.concurrency),
      number(one.objectsPerSecond),
      number(one.bytesPerSecond / 1e6),
      number(one.inFlight),
      percent(one.throttled),
      describeRatio(one.whole),
      describeRatio(one.steady),
    ]),
  }
}

/** The finding for each workload, in a line. */
export function describeTurns({ workloads }: TurnsResult): string[] {
  return workloads.map(({ workload, verdict: { best } }) => {
    const cycles = best.whole === null ? '' : `, ${best.whole.pairs} cycles`
    return `${workload}: beside ${best.concurrency} in flight, the best of those fixed, the controller gets ${describeRatio(best.whole)}, once settled ${describeRatio(best.steady)}${cycles}`
  })
}

function describeRatio(ratio: MeanRatio | null): string {
  return ratio === null ? '—' : `${oneDigit(ratio.mean)} ± ${oneDigit(ratio.error)} %`
}

function oneDigit(share: number): string {
  return (share * 100).toFixed(1)
}
