import { mean } from 'd3-array'
import type { WorkerEvents } from './worker-events.js'

/** The time in which all workers of a run had work. */
export interface Settled {
  readonly seconds: number
  readonly objectsPerSecond: number
  /** Mean of the sum over the workers. */
  readonly inFlight: number
  /** Jain's index of fairness of the workers' rates: 1 where all are the same, 1/n where one has everything. */
  readonly jain: number
}

/** A worker is at its end, with little left to take, from this share of its objects on. */
const endShare = 0.9

/**
 * Figures of the time from `settleMs` after the last worker has begun until the first is at its end; null for less than three seconds of it.
 */
export function settledOf(workers: readonly WorkerEvents[], settleMs: number): Settled | null {
  const all = workers.map(({ progress }) => progress)
  if (all.some((progress) => progress.length < 2)) return null
  const from = Math.max(...all.map((progress) => progress[0]!.timeMs)) + settleMs
  const to = Math.min(
    ...all.map((progress) => {
      const { completed } = progress.at(-1)!
      return progress.find((point) => point.completed >= endShare * completed)!.timeMs
    }),
  )
  const windows = all.map((progress) => progress.filter(({ timeMs }) => timeMs >= from && timeMs <= to))
  if (to - from < 3000 || windows.some(({ length }) => length < 2)) return null
  const rates = windows.map((points) => {
    const [first, last] = [points[0]!, points.at(-1)!]
    return (1000 * (last.completed - first.completed)) / (last.timeMs - first.timeMs)
  })
  const sum = rates.reduce((total, rate) => total + rate, 0)
  return {
    seconds: (to - from) / 1000,
    objectsPerSecond: sum,
    inFlight: windows.reduce((total, points) => total + mean(points, ({ inFlight }) => inFlight)!, 0),
    jain: jainOf(rates),
  }
}

/** https://arxiv.org/abs/cs/9809099; 1 if all have nothing. */
export function jainOf(rates: readonly number[]): number {
  const sum = rates.reduce((total, rate) => total + rate, 0)
  const squares = rates.reduce((total, rate) => total + rate * rate, 0)
  return squares === 0 ? 1 : sum ** 2 / (rates.length * squares)
}
