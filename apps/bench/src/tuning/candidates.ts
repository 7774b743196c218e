import type { FittedBackend } from './fit-backend.js'

/** An operator's settings: the flags of `lagoon sync` that determine its speed. `null` leaves a flag at its default. */
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
export const lawDefaults: Candidate = {
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

/** The flags of a candidate; those at their default are omitted. */
export function flagsOf(candidate: Candidate): string[] {
  return keys.flatMap((key) =>
    candidate[key] === lawDefaults[key] ? [] : [flagNames[key], String(candidate[key])],
  )
}

/** The number of flags in which two candidates differ. */
export function differingFlags(a: Candidate, b: Candidate): number {
  return keys.filter((key) => a[key] !== b[key]).length
}

/** A candidate's name in tables: its flags, or that it is the default. */
export function nameOf(candidate: Candidate): string {
  return flagsOf(candidate).join(' ') || 'defaults'
}

/** The candidates to simulate for such stores: the defaults, and bounds around the knee with shorter and longer windows. */
export function candidatesFor(backend: FittedBackend): Candidate[] {
  const wall = backend.wallPerSecond === null ? Infinity : (backend.wallPerSecond * backend.latencyMs) / 1000
  const knee = Math.max(1, Math.round(Math.min(backend.knee, wall)))
  const lows = unique([1, 16, within(knee / 2), within(knee)])
  const highs = unique([within(knee * 1.25), within(knee * 2), within(knee * 4), 1024])
  const intervals = [null, 0.5, 1, 5, 10]
  const all = lows.flatMap((minConcurrency) =>
    highs.flatMap((maxConcurrency) =>
      intervals.map((intervalSeconds) => ({
        ...lawDefaults,
        minConcurrency,
        maxConcurrency,
        intervalSeconds,
      })),
    ),
  )
  const possible = all.filter(({ minConcurrency, maxConcurrency }) => minConcurrency <= maxConcurrency)
  const named = new Map([lawDefaults, ...possible].map((candidate) => [nameOf(candidate), candidate]))
  return [...named.values()]
}

/** A concurrency in the product's range. */
function within(value: number): number {
  return Math.min(1024, Math.max(1, Math.round(value)))
}

function unique(values: readonly number[]): number[] {
  return [...new Set(values)]
}
