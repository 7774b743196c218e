import type { SimulatedController } from './scenario.js'

/** The most latencies a window keeps; of more it keeps a sample. */
const MAX_LATENCIES = 256

/** What a controller sees of a window. */
export type Sample = Parameters<SimulatedController['update']>[0]

/** One instance in the event engine: its controller, what it has in flight, and what its window has gathered. */
export class EventSender {
  readonly controller: SimulatedController
  inFlight = 0
  #changedMs: number
  #inFlightMs = 0
  #startMs: number
  #succeeded = 0
  #failed = 0
  #throttled = 0
  #bytes = 0
  #latencies: number[] = []

  constructor(controller: SimulatedController, nowMs: number) {
    this.controller = controller
    this.#changedMs = nowMs
    this.#startMs = nowMs
  }

  /** So many more are in flight from now on. */
  changed(nowMs: number, change: number): void {
    this.#inFlightMs += this.inFlight * (nowMs - this.#changedMs)
    this.#changedMs = nowMs
    this.inFlight += change
  }

  succeeded(bytes: number, latencyMs: number, uniform: () => number): void {
    this.#succeeded += 1
    this.#bytes += bytes
    if (this.#latencies.length < MAX_LATENCIES) this.#latencies.push(latencyMs)
    else this.#latencies[Math.floor(uniform() * MAX_LATENCIES)] = latencyMs
  }

  failed(): void {
    this.#failed += 1
  }

  throttled(): void {
    this.#throttled += 1
  }

  /** The sample of the window that ends now; the next one begins. */
  endWindow(nowMs: number): Sample {
    this.changed(nowMs, 0)
    const elapsedMs = nowMs - this.#startMs
    const sorted = this.#latencies.toSorted((a, b) => a - b)
    const quantile = (share: number): number => sorted[Math.floor(share * sorted.length)] ?? 0
    const sample: Sample = {
      elapsedMs,
      succeeded: this.#succeeded,
      failed: this.#failed,
      throttled: this.#throttled,
      bytes: Math.round(this.#bytes),
      latencyMs: sorted.length === 0 ? null : { p50: quantile(0.5), p90: quantile(0.9) },
      inFlight: this.#inFlightMs / elapsedMs,
    }
    this.#startMs = nowMs
    this.#inFlightMs = this.#succeeded = this.#failed = this.#throttled = this.#bytes = 0
    this.#latencies = []
    return sample
  }
}
