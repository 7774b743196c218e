import { median } from '../statistics.js'

/** The result of a probe at one fixed concurrency. */
export interface LoadProbe {
  concurrency: number
  objectsPerSecond: number
  bytesPerSecond: number
  /** Time per object, including retries; `null` if none was copied. */
  p50Ms: number | null
  p90Ms: number | null
  /** Share of attempts that the stores refused. */
  throttledShare: number
}

/** A pair of stores in the simulator's model: plain numbers, so that they can be shown and saved. */
export interface FittedBackend {
  /** Time per object without queueing, ms. */
  latencyMs: number
  /** Spread of that time: the deviation of its logarithm. */
  noise: number
  /** How many it serves concurrently: capacity × latency. */
  knee: number
  /** Capacity lost to overload, as the simulator defines it; 0 for stores that only queue. */
  thrash: number
  /** Attempts per second beyond which it refuses; `null` if no probe had many refusals. */
  wallPerSecond: number | null
  objectBytes: number
}

/** Throttled shares up to this do not indicate a rate limit. */
const wallShare = 0.01

/**
 * Fits the simulator's model to probes at rising concurrencies. The base time is the median time at the lowest one; capacity is the best
 * goodput; a loss of more than 5 % at the highest concurrency is thrash.
 */
export function fitBackend(probes: readonly LoadProbe[], objectBytes: number): FittedBackend {
  const rising = probes
    .filter(({ objectsPerSecond }) => objectsPerSecond > 0)
    .toSorted((a, b) => a.concurrency - b.concurrency)
  const [lowest] = rising
  const highest = rising.at(-1)
  if (!lowest || !highest) throw new RangeError('a fit needs at least one probe that copied something')
  const latencyMs = Math.max(0.1, lowest.p50Ms ?? (lowest.concurrency / lowest.objectsPerSecond) * 1000)
  const noise =
    lowest.p50Ms && lowest.p90Ms ? Math.max(0, Math.log(lowest.p90Ms / lowest.p50Ms) / zAt90) : 0.3
  const capacity = Math.max(...rising.map((probe) => probe.objectsPerSecond))
  const knee = Math.max(1, (capacity * latencyMs) / 1000)
  const refused = rising.filter((probe) => probe.throttledShare > wallShare)
  const kept = highest.objectsPerSecond / capacity
  const overload = highest.concurrency / knee - 1
  const thrash = refused.length === 0 && kept < 0.95 && overload > 0 ? (1 / kept - 1) / overload : 0
  const wall = refused.length === 0 ? null : median(refused.map((probe) => probe.objectsPerSecond))
  return { latencyMs, noise, knee, thrash, wallPerSecond: wall, objectBytes }
}

/** The 0.9-quantile of the standard normal distribution. */
const zAt90 = 1.2816
