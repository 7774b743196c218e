import { createController } from '@lagoon/aimd'
import { backend, simulateFluid, type Backend, type Scenario } from '@lagoon/aimd/simulator'
import { setImmediate as breathe } from 'node:timers/promises'
import { median } from '../statistics.js'
import { nameOf, type Candidate } from './candidates.js'
import type { FittedBackend } from './fit-backend.js'

/** The simulated result of a candidate. */
export interface Score {
  candidate: Candidate
  name: string
  /** Bytes delivered relative to the oracle, including the ramp. */
  goodput: number
  /** Mean in flight against the knee in the last third: the load on the stores. */
  load: number
  /** Share of attempts refused in the last third. */
  throttled: number
  /** No other candidate has more goodput with less load and fewer refusals. */
  front: boolean
}

/** Runs every candidate on the fitted backend with several noise seeds, for this many simulated minutes. */
export async function simulateCandidates(
  candidates: readonly Candidate[],
  fitted: FittedBackend,
  options: { minutes: number; seeds?: number; signal?: AbortSignal },
): Promise<Score[]> {
  const scores: Omit<Score, 'front'>[] = []
  for (const candidate of candidates) {
    options.signal?.throwIfAborted()
    await breathe()
    const outcomes = Array.from({ length: options.seeds ?? 5 }, (_, seed) =>
      simulateFluid(scenarioOf(fitted, options.minutes, seed + 1), () => controllerOf(candidate)),
    )
    scores.push({
      candidate,
      name: nameOf(candidate),
      goodput: median(outcomes.map((outcome) => outcome.goodput)),
      load: median(outcomes.map((outcome) => outcome.inFlightOverKnee)),
      throttled: median(outcomes.map((outcome) => outcome.throttled)),
    })
  }
  return scores.map((score) => ({ ...score, front: !scores.some((other) => beats(other, score)) }))
}

/** At least as good in everything, and better in something; the same with fewer flags counts as better. */
function beats(a: Omit<Score, 'front'>, b: Omit<Score, 'front'>): boolean {
  if (a.goodput < b.goodput || a.load > b.load || a.throttled > b.throttled) return false
  if (a.goodput > b.goodput || a.load < b.load || a.throttled < b.throttled) return true
  return a.name.length < b.name.length
}

function controllerOf({ minConcurrency, maxConcurrency, intervalSeconds }: Candidate) {
  const intervalMs = intervalSeconds === null ? undefined : intervalSeconds * 1000
  return createController({
    minConcurrency,
    maxConcurrency,
    ...(intervalMs === undefined ? {} : { intervalMs }),
  })
}

/** The fitted numbers as the simulator takes them. */
function backendOf(fitted: FittedBackend): Backend {
  const { latencyMs, noise, knee, thrash, wallPerSecond, objectBytes } = fitted
  return backend({
    latencyMs: () => latencyMs,
    knee: () => knee,
    noise,
    thrash,
    perSecond: () => wallPerSecond ?? Infinity,
    rejectMs: latencyMs / 2,
    objectBytes: () => objectBytes,
  })
}

function scenarioOf(fitted: FittedBackend, minutes: number, seed: number): Scenario {
  return {
    family: 'fitted',
    seed,
    description: 'fitted to probes',
    durationMs: minutes * 60_000,
    backend: backendOf(fitted),
    instances: [{ startMs: 0, work: () => Infinity }],
  }
}
