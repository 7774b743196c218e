import type { WindowSample } from './types.js'

export const callEnds = ['succeeded', 'failed', 'throttled', 'ignored'] as const

/**
 * How a call ended, for the controller: `throttled` means that the other side asked for less, and `ignored` that the end says nothing
 * about it (the caller cancelled, the input was wrong).
 */
export type CallEnd = (typeof callEnds)[number]

/** The most latencies a window keeps; of more it keeps every second one, then every fourth, and so on. */
const MAX_TIMES = 1024

/** Measures calls and gives the figures of one window after the other, as a controller wants them. */
export class WindowMeter {
  inFlight = 0
  readonly #now: () => number
  #startedMs: number
  #changedMs: number
  #inFlightMs = 0
  #ends = { succeeded: 0, failed: 0, throttled: 0, ignored: 0 }
  #timesMs: number[] = []
  #every = 1

  constructor(now: () => number) {
    this.#now = now
    this.#startedMs = this.#changedMs = now()
  }

  /** A call begins; returns the time, for `ended`. */
  began(): number {
    return this.#changed(1)
  }

  ended(end: CallEnd, beganMs: number): void {
    const now = this.#changed(-1)
    this.#ends[end] += 1
    if (end !== 'succeeded' || this.#ends.succeeded % this.#every !== 0) return
    this.#timesMs.push(now - beganMs)
    if (this.#timesMs.length < MAX_TIMES) return
    this.#timesMs = this.#timesMs.filter((_, index) => index % 2 === 0)
    this.#every *= 2
  }

  /** The sample of the window that ends now; the next one begins. */
  close(): WindowSample {
    const now = this.#changed(0)
    const elapsedMs = now - this.#startedMs
    const { succeeded, failed, throttled } = this.#ends
    const sorted = this.#timesMs.toSorted((a, b) => a - b)
    const at = (share: number): number => sorted[Math.floor(share * sorted.length)]!
    const latencyMs = sorted.length === 0 ? null : { p50: at(0.5), p90: at(0.9) }
    const inFlight = elapsedMs > 0 ? this.#inFlightMs / elapsedMs : this.inFlight
    this.#startedMs = now
    this.#inFlightMs = 0
    this.#ends = { succeeded: 0, failed: 0, throttled: 0, ignored: 0 }
    this.#timesMs = []
    this.#every = 1
    return { elapsedMs, succeeded, failed, throttled, bytes: 0, latencyMs, inFlight }
  }

  #changed(by: number): number {
    const now = this.#now()
    this.#inFlightMs += this.inFlight * (now - this.#changedMs)
    this.#changedMs = now
    this.inFlight += by
    return now
  }
}
