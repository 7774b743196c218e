import type { Controller, WindowSample } from '../src/index.js'

/** A window under which all went well; `change` says what differs. */
export function calm(change: Partial<WindowSample> = {}): WindowSample {
  const plain = { elapsedMs: 1000, succeeded: 320, failed: 0, throttled: 0, bytes: 3.2e7, inFlight: 16 }
  return { ...plain, latencyMs: { p50: 45, p90: 70 }, ...change }
}

/** A backend in plain numbers: it serves `knee` at once in `latencyMs` each, the others queue. */
export interface Plain {
  latencyMs: number
  knee: number
  /** Attempts per second that it accepts. */
  perSecond?: number
  failedShare?: number
  /** How many the caller has work for. */
  work?: number
  bytesEach?: number
  /** By what the attempts of a window are slower than usual all together; drawn for every window. */
  weather?: () => number
  /** Capacity lost to overload: it is divided by 1 + thrash × (in flight ÷ knee − 1). */
  thrash?: number
  /** How soft the knee is: attempts slow down by (1 + (in flight ÷ knee) ^ sharpness) ^ (1 ÷ sharpness); hard when left out. */
  sharpness?: number
}

/**
 * The window that the backend gives under a limit, in expectation and without noise. `left.part` is the part of an attempt that the
 * windows before have left; a single window is rounded.
 */
export function windowOf(
  backend: Plain,
  limit: number,
  elapsedMs: number,
  left: { part: number } = { part: 0.5 },
): WindowSample {
  const inFlight = Math.min(limit, backend.work ?? Infinity)
  const offered = (served(backend, inFlight) / backend.latencyMs) * elapsedMs
  const through = Math.min(offered, ((backend.perSecond ?? Infinity) * elapsedMs) / 1000)
  const ended = Math.floor(through + left.part)
  left.part += through - ended
  const failed = Math.round(ended * (backend.failedShare ?? 0))
  const succeeded = ended - failed
  const p50 = backend.latencyMs * Math.max(1, inFlight / backend.knee)
  return {
    elapsedMs,
    succeeded,
    failed,
    throttled: Math.round(offered - through),
    bytes: succeeded * (backend.bytesEach ?? 100_000),
    latencyMs: succeeded === 0 ? null : { p50, p90: p50 * 1.5 },
    inFlight,
  }
}

function served({ knee, sharpness, thrash = 0, weather }: Plain, inFlight: number): number {
  const atOnce =
    sharpness === undefined
      ? Math.min(inFlight, knee)
      : inFlight / (1 + (inFlight / knee) ** sharpness) ** (1 / sharpness)
  return atOnce / (weather?.() ?? 1) / (1 + thrash * Math.max(0, inFlight / knee - 1))
}

/** Drives a controller for so many milliseconds of windows as long as it asks for; returns the limits it set. */
export function drive(controller: Controller, backend: Plain, forMs: number): number[] {
  const limits: number[] = []
  const left = { part: 0 }
  for (let passed = 0; passed < forMs;) {
    const elapsedMs = controller.intervalMs
    limits.push(controller.update(windowOf(backend, controller.limit, elapsedMs, left)).limit)
    passed += elapsedMs
  }
  return limits
}

/** Drives until `done`, and says how many milliseconds that took; Infinity when it took more than `atMostMs`. */
export function timeUntil(
  controller: Controller,
  backend: Plain,
  done: (limit: number) => boolean,
  atMostMs: number,
): number {
  for (let passed = 0; passed < atMostMs;) {
    if (done(controller.limit)) return passed
    const elapsedMs = controller.intervalMs
    controller.update(windowOf(backend, controller.limit, elapsedMs))
    passed += elapsedMs
  }
  return Infinity
}
