import type { RequestCounts } from '../stores/store-pair.js'

/** What one measured run of one client gave. Times in milliseconds, rates a second. */
export interface Sample {
  round: number
  wallMs: number
  userMs: number | null
  systemMs: number | null
  cpuPerObjectUs: number | null
  peakMemoryBytes: number | null
  objects: number
  bytes: number
  objectsPerSecond: number
  bytesPerSecond: number
  /** Requests that the stores counted during the run, by operation; `null` where they don't tell. */
  requests: { source: RequestCounts; destination: RequestCounts } | null
  /** Why the run doesn't count; `null` when it does. */
  failure: string | null
}

/** A run of the product, second by second, out of its events. */
export interface Timeline {
  progress: {
    timeMs: number
    objectsPerSecond: number
    bytesPerSecond: number
    inFlight: number
    limit: number
    /** Objects and bytes copied so far. */
    completed: number
    bytes: number
    /** Refused attempts so far. */
    throttled: number
  }[]
  decisions: { timeMs: number; action: string; limit: number; previous: number; reason: string }[]
}

/** How long single objects took, from the product's own report; retries included. */
export interface LatencySummary {
  objects: number
  p50Ms: number
  p90Ms: number
  p99Ms: number
  maxMs: number
}
