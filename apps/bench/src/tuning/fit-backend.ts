import { median } from '../statistics.js'

/** What a probe at one fixed concurrency saw. */
export interface Probe {
  concurrency: number
  objectsPerSecond: number
  bytesPerSecond: number
  /** Time of one object, retries included; `null` when none was copied. */
  p50Ms: number | null
  p90Ms: number | null
  /** Share of attempts that the stores refused. */
  throttledShare: number
}

/** A store pair as the simulator models one: plain numbers, so that they can be shown and saved. */
export interface FittedBackend {
  /** Time of an object when nothing queues, ms. */
  latencyMs: number
  /** Spread of that time: the deviation of its logarithm. */
  noise: number
  /** How many it serves at once: capacity × latency. */
  knee: number
  /** Capacity lost to overload, as the simulator defines it; 0 for stores that only queue. */
  thrash: number
  /** Attempts a second beyond which it refuses; `null` when no probe was refused much. */
  wallPerSecond: number | null
  objectBytes: number
}

/** Throttled shares up to here are no wall. */
const wallShare = 0.01

/**
 * Fits the simulator's model to probes at rising concurrencies. The base time is the median time at the lowest one;
 * capacity is the best goodput seen; what the highest concurrency loses against it beyond 5 % is thrash.
 */
export function fitBackend(probes: readonly Probe[], objectBytes: number): FittedBackend {
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
