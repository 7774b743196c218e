import type { FittedBackend } from './fit-backend.js'

/** What an operator can set: the flags of `lagoon sync` that the controller knows. */
export interface Candidate {
  minConcurrency: number
  maxConcurrency: number
  /** Longest time between adjustments, s; `null` leaves it to the law. */
  intervalSeconds: number | null
}

/** The product's own defaults. */
export const defaults: Candidate = { minConcurrency: 16, maxConcurrency: 1024, intervalSeconds: null }

/** The flags that set a candidate; those at their default are left out. */
export function flagsOf(candidate: Candidate): string[] {
  const { minConcurrency, maxConcurrency, intervalSeconds } = candidate
  return [
    ...(minConcurrency === defaults.minConcurrency ? [] : ['--min-concurrency', String(minConcurrency)]),
    ...(maxConcurrency === defaults.maxConcurrency ? [] : ['--max-concurrency', String(maxConcurrency)]),
    ...(intervalSeconds === null ? [] : ['--controller-interval-s', String(intervalSeconds)]),
  ]
}

/** How a candidate is called in tables: its flags, or that it is the default. */
export function nameOf(candidate: Candidate): string {
  return flagsOf(candidate).join(' ') || 'defaults'
}

/** What is worth trying on such stores: the defaults, and bounds around the knee with shorter and longer windows. */
export function candidatesFor(backend: FittedBackend): Candidate[] {
  const wall = backend.wallPerSecond === null ? Infinity : (backend.wallPerSecond * backend.latencyMs) / 1000
  const knee = Math.max(1, Math.round(Math.min(backend.knee, wall)))
  const lows = unique([1, 16, within(knee / 2), within(knee)])
  const highs = unique([within(knee * 1.25), within(knee * 2), within(knee * 4), 1024])
  const intervals = [null, 0.5, 1, 5, 10]
  const all = lows.flatMap((minConcurrency) =>
    highs.flatMap((maxConcurrency) =>
      intervals.map((intervalSeconds) => ({ minConcurrency, maxConcurrency, intervalSeconds })),
    ),
  )
  const possible = all.filter(({ minConcurrency, maxConcurrency }) => minConcurrency <= maxConcurrency)
  const named = new Map([defaults, ...possible].map((candidate) => [nameOf(candidate), candidate]))
  return [...named.values()]
}

/** A concurrency that the product takes. */
function within(value: number): number {
  return Math.min(1024, Math.max(1, Math.round(value)))
}

function unique(values: readonly number[]): number[] {
  return [...new Set(values)]
}
