import type { TracePoint } from '@lagoon/aimd/simulator'

/** Values of one or all instances' windows on an even grid of times, for plots. */
export interface Resampled {
  limit: (number | null)[]
  knee: (number | null)[]
  objectsPerSecond: (number | null)[]
  oraclePerSecond: (number | null)[]
}

/** The times of a grid with this many steps over a duration, in milliseconds, including the end. */
export function gridOf(durationMs: number, steps: number): number[] {
  return Array.from({ length: steps }, (_, index) => (durationMs * (index + 1)) / steps)
}

/**
 * The trace at each time of an ascending grid: each instance's latest window, limits and rates added up over the instances. `null` before
 * the first window.
 */
export function resample(trace: readonly TracePoint[], grid: readonly number[]): Resampled {
  const points = trace.toSorted((a, b) => a.timeMs - b.timeMs)
  const latest = new Map<number, TracePoint>()
  const out: Resampled = { limit: [], knee: [], objectsPerSecond: [], oraclePerSecond: [] }
  let next = 0
  for (const time of grid) {
    while (next < points.length && points[next]!.timeMs <= time) {
      latest.set(points[next]!.instance, points[next]!)
      next += 1
    }
    const now = [...latest.values()]
    const sum = (figure: (point: TracePoint) => number): number | null =>
      now.length === 0 ? null : rounded(now.reduce((total, point) => total + figure(point), 0))
    const newest = now.reduce<TracePoint | null>(
      (best, point) => (best && best.timeMs > point.timeMs ? best : point),
      null,
    )
    out.limit.push(sum((point) => point.limit))
    out.objectsPerSecond.push(sum((point) => point.objectsPerSecond))
    out.knee.push(newest ? rounded(newest.knee) : null)
    out.oraclePerSecond.push(newest ? rounded(newest.oraclePerSecond) : null)
  }
  return out
}

/** More than four significant digits would not be visible in a plot, and fewer keep saved results small. */
function rounded(value: number): number {
  return Number(value.toPrecision(4))
}
