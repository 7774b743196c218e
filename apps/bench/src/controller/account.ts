import type { TimedRun } from '../run/run-timed.js'
import type { Timeline } from '../report/timeline.js'

/** The figures of a run of limited time. Rates are per second. */
export interface RunAccount {
  /** Over the whole run, including the ramp, without the time to finish what was in flight at its end. */
  bytesPerSecond: number
  objectsPerSecond: number
  /** The same after the settling time; null if the run ended before. */
  steadyBytesPerSecond: number | null
  /** Refused attempts ÷ all attempts: over the whole run, and after its first minute. */
  throttled: number
  throttledLater: number | null
  /** Median of the number in flight after the settling time. */
  inFlight: number | null
}

type Point = Timeline['progress'][number]

/** Computes the figures from the product's events, one per second. */
export function accountOf(run: TimedRun, limits: { seconds: number; settleSeconds: number }): RunAccount {
  const points = run.timeline.progress.filter(({ timeMs }) => timeMs <= limits.seconds * 1000 + 500)
  const last = points.at(-1)
  if (last === undefined || last.timeMs === 0) {
    const { bytesPerSecond, objectsPerSecond, throttledShare: throttled } = run
    const unknown = { steadyBytesPerSecond: null, throttledLater: null, inFlight: null }
    return { bytesPerSecond, objectsPerSecond, throttled, ...unknown }
  }
  const settled = points.filter(({ timeMs }) => timeMs >= limits.settleSeconds * 1000)
  const minute = points.find(({ timeMs }) => timeMs >= 60_000)
  return {
    bytesPerSecond: (last.bytes * 1000) / last.timeMs,
    objectsPerSecond: (last.completed * 1000) / last.timeMs,
    steadyBytesPerSecond: rateBetween(settled[0], last),
    throttled: shareBetween({ completed: 0, throttled: 0 }, last),
    throttledLater: minute && minute !== last ? shareBetween(minute, last) : null,
    inFlight: settled.length === 0 ? null : middle(settled.map(({ inFlight }) => inFlight)),
  }
}

function rateBetween(from: Point | undefined, to: Point): number | null {
  if (from === undefined || to.timeMs <= from.timeMs) return null
  return ((to.bytes - from.bytes) * 1000) / (to.timeMs - from.timeMs)
}

function shareBetween(from: Pick<Point, 'completed' | 'throttled'>, to: Point): number {
  const throttled = to.throttled - from.throttled
  return throttled / Math.max(1, throttled + to.completed - from.completed)
}

function middle(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!
}
