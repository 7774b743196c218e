import { meanRatio, median, type MeanRatio } from '../statistics.js'
import type { Turn } from './turn-taking.js'

/** The result of one contender's turns, over all rounds. */
export interface Contender {
  concurrency: number | 'controller'
  objectsPerSecond: number
  bytesPerSecond: number
  /** Median of the turns. */
  inFlight: number
  /** Refused attempts ÷ all attempts. */
  throttled: number
  /** The controller ÷ this one, cycle by cycle: from its start, and once it has settled. Null for itself. */
  whole: MeanRatio | null
  steady: MeanRatio | null
}

/** The controller beside the best fixed concurrency. */
export interface TurnsVerdict {
  contenders: Contender[]
  /** The fixed concurrency with the highest goodput. It is chosen from the same turns, so chance favours it. */
  best: Contender
}

/**
 * Objects are counted: in a few seconds of a heavy-tailed workload a single object dominates the bytes.
 * @param rounds the turns of each round, in order; `fixed.length` is the controller's index
 */
export function turnsVerdict(
  fixed: readonly number[],
  rounds: readonly (readonly Turn[])[],
  settleSeconds: number,
): TurnsVerdict {
  const cycles = rounds.flatMap((turns) => [...Map.groupBy(turns, ({ cycle }) => cycle).values()])
  const settled = cycles.filter((turns) => of(turns, fixed.length).agedMs >= settleSeconds * 1000)
  const ratio = (among: readonly Turn[][], index: number): MeanRatio | null =>
    meanRatio(among.map((turns) => rate(of(turns, fixed.length)) / rate(of(turns, index))))
  const contenders = [...fixed, 'controller' as const].map((concurrency, index): Contender => {
    const own = cycles.map((turns) => of(turns, index))
    const sum = (key: 'objects' | 'bytes' | 'throttled' | 'elapsedMs'): number =>
      own.reduce((total, turn) => total + turn[key], 0)
    const themselves = index === fixed.length
    return {
      concurrency,
      objectsPerSecond: (sum('objects') * 1000) / sum('elapsedMs'),
      bytesPerSecond: (sum('bytes') * 1000) / sum('elapsedMs'),
      inFlight: median(own.map((turn) => turn.inFlightMs / turn.elapsedMs)),
      throttled: sum('throttled') / Math.max(1, sum('throttled') + sum('objects')),
      whole: themselves ? null : ratio(cycles, index),
      steady: themselves ? null : ratio(settled, index),
    }
  })
  const best = contenders
    .slice(0, fixed.length)
    .reduce((a, b) => (b.objectsPerSecond > a.objectsPerSecond ? b : a))
  return { contenders, best }
}

function of(cycle: readonly Turn[], contender: number): Turn {
  return cycle.find((turn) => turn.contender === contender)!
}

function rate({ objects, elapsedMs }: Turn): number {
  return Math.max(1, objects) / elapsedMs
}
