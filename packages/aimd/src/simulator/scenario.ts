import type { Backend, Curve } from './backend.js'

/** One sender with a controller of its own. */
export interface Instance {
  /** When it begins, ms. */
  startMs: number
  /** How many attempts it could have in flight if nothing limited it; `Infinity` when work never runs out. */
  work: Curve
  /** What its own path adds to the time of an attempt, ms. Default 0. */
  pathMs?: number
  /** By how much its timers end windows too late, ms on average. Default 0. */
  lateMs?: number
}

/** A backend, who uses it, and for how long. */
export interface Scenario {
  /** The family it belongs to, for tables. */
  family: string
  /** The seed of its parameters and of its noise. */
  seed: number
  /** Its parameters in words, for tables and plots. */
  description: string
  durationMs: number
  backend: Backend
  instances: readonly Instance[]
  /** One controller decides for all instances, by what they measured together. Default: each has its own. */
  conducted?: boolean
}

/** One window of one instance, as it was simulated. */
export interface TracePoint {
  timeMs: number
  instance: number
  limit: number
  inFlight: number
  objectsPerSecond: number
  oraclePerSecond: number
  knee: number
  throttled: number
  action: 'increase' | 'decrease' | 'hold'
  reason: string
}

/** What a run of a scenario was worth. */
export interface Outcome {
  /** Bytes landed over the bytes that the oracle would have landed. */
  goodput: number
  /** Objects landed over the objects that the oracle would have landed. */
  objects: number
  /** Mean in flight over the knee in the last third, while there was work for it. */
  inFlightOverKnee: number
  /** Share of the attempts that were throttled in the last third. */
  throttled: number
  /** Jain's index of the instances' objects in the last third; 1 for a single instance. */
  jain: number
  /** Bytes of the last third against the oracle. */
  lateGoodput: number
  updates: number
  trace: readonly TracePoint[]
}

/** The part of a controller that a simulation needs; `createController` gives it. */
export interface SimulatedController {
  readonly limit: number
  readonly intervalMs: number
  update(sample: {
    elapsedMs: number
    succeeded: number
    failed: number
    throttled: number
    bytes: number
    latencyMs: { p50: number; p90: number } | null
    inFlight: number
  }): { action: 'increase' | 'decrease' | 'hold'; reason: string }
}

/** Runs a scenario; both engines are of this form. `trace` keeps every window for plots. */
export type Engine = (
  scenario: Scenario,
  createController: () => SimulatedController,
  options?: { trace?: boolean },
) => Outcome
