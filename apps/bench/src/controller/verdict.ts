import { median, pairedRatio, type PairedRatio } from '../statistics.js'
import type { RunAccount } from './account.js'

/** The measured runs at one fixed concurrency, or with the controller, one per round. */
export interface Contender {
  concurrency: number | 'controller'
  runs: RunAccount[]
}

/** The controller beside the best fixed concurrency of the sweep. */
export interface SweepVerdict {
  /** The fixed concurrency with the best median goodput over whole runs. It is chosen from the same runs, so chance favours it. */
  best: number
  /** Controller ÷ best, round by round: whole runs including the ramp, and after the settling time. */
  whole: PairedRatio
  steady: PairedRatio | null
  /** Medians of the controller's runs. */
  throttled: number
  throttledLater: number | null
}

/** Null if the controller or all fixed concurrencies are missing. */
export function verdictOf(contenders: readonly Contender[]): SweepVerdict | null {
  const own = contenders.find(({ concurrency }) => concurrency === 'controller')
  const fixed = contenders.filter(({ concurrency }) => concurrency !== 'controller')
  const best = fixed.toSorted((a, b) => goodput(b) - goodput(a))[0]
  if (!own || !best || typeof best.concurrency !== 'number') return null
  const whole = pairedRatio(rounds(own, wholeOf), rounds(best, wholeOf))
  if (whole === null) return null
  const later = own.runs.flatMap((run) => (run.throttledLater === null ? [] : [run.throttledLater]))
  return {
    best: best.concurrency,
    whole,
    steady: pairedRatio(rounds(own, steadyOf), rounds(best, steadyOf)),
    throttled: median(own.runs.map((run) => run.throttled)),
    throttledLater: later.length === 0 ? null : median(later),
  }
}

const wholeOf = (run: RunAccount): number | null => run.bytesPerSecond
const steadyOf = (run: RunAccount): number | null => run.steadyBytesPerSecond

/** Median goodput of whole runs, bytes per second. */
export function goodput({ runs }: Contender): number {
  return median(runs.map((run) => run.bytesPerSecond))
}

function rounds({ runs }: Contender, figure: (run: RunAccount) => number | null): [number, number][] {
  return runs.flatMap((run, round) => {
    const value = figure(run)
    return value === null ? [] : [[round, value] satisfies [number, number]]
  })
}

/** The fixed concurrencies to measure again after the first short runs: the best and its neighbours. */
export function aroundBest(screened: readonly Contender[]): number[] {
  const best = screened.reduce((index, one, at) => (goodput(one) > goodput(screened[index]!) ? at : index), 0)
  return screened
    .slice(Math.max(0, best - 1), best + 2)
    .flatMap(({ concurrency }) => (concurrency === 'controller' ? [] : [concurrency]))
}
