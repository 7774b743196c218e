import type { FittedBackend } from './fit-backend.js'

/** What an operator can set: the flags of `lagoon sync` that decide how fast it is. `null` leaves it to the product. */
export interface Candidate {
  minConcurrency: number
  maxConcurrency: number
  /** Longest time between adjustments, s. */
  intervalSeconds: number | null
  /** A fixed number in flight instead of the controller. */
  concurrency: number | null
  threads: number | null
}

/** The product's own defaults. */
export const defaults: Candidate = {
  minConcurrency: 16,
  maxConcurrency: 1024,
  intervalSeconds: null,
  concurrency: null,
  threads: null,
}

const flagNames: Record<keyof Candidate, string> = {
  concurrency: '--concurrency',
  minConcurrency: '--min-concurrency',
  maxConcurrency: '--max-concurrency',
  intervalSeconds: '--controller-interval-s',
  threads: '--threads',
}

const keys = Object.keys(flagNames) as (keyof Candidate)[]

/** The flags that set a candidate; those at their default are left out. */
export function flagsOf(candidate: Candidate): string[] {
  return keys.flatMap((key) =>
    candidate[key] === defaults[key] ? [] : [flagNames[key], String(candidate[key])],
  )
}

/** In how many flags two candidates differ. */
export function differingFlags(a: Candidate, b: Candidate): number {
  return keys.filter((key) => a[key] !== b[key]).length
}

/** How a candidate is called in tables: its flags, or that it is the default. */
export function nameOf(candidate: Candidate): string {
  return flagsOf(candidate).join(' ') || 'defaults'
}

/** What is worth simulating for such stores: the defaults, and bounds around the knee with shorter and longer windows. */
export function candidatesFor(backend: FittedBackend): Candidate[] {
  const wall = backend.wallPerSecond === null ? Infinity : (backend.wallPerSecond * backend.latencyMs) / 1000
  const knee = Math.max(1, Math.round(Math.min(backend.knee, wall)))
  const lows = unique([1, 16, within(knee / 2), within(knee)])
  const highs = unique([within(knee * 1.25), within(knee * 2), within(knee * 4), 1024])
  const intervals = [null, 0.5, 1, 5, 10]
  const all = lows.flatMap((minConcurrency) =>
    highs.flatMap((maxConcurrency) =>
      intervals.map((intervalSeconds) => ({ ...defaults, minConcurrency, maxConcurrency, intervalSeconds })),
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
