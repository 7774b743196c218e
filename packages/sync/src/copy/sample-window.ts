import type { WindowSample } from '../ports/concurrency.js'

const BUCKETS_PER_DOUBLING = 8
const MIN_MS = 1 / 16
const BUCKETS = BUCKETS_PER_DOUBLING * 24

/**
 * Collects the attempts of one controller window. Latencies go into a logarithmic histogram (eight buckets per doubling, so a
 * percentile is within 9 %), which takes no memory per attempt.
 */
export class SampleWindow {
  #startedAt: number
  #succeeded = 0
  #failed = 0
  #throttled = 0
  #bytes = 0
  #inFlight = 0
  #inFlightSince: number
  #inFlightArea = 0
  readonly #histogram = new Uint32Array(BUCKETS)
  /** Of the window closed last; null when nothing succeeded in it. */
  latencyMs: WindowSample['latencyMs'] = null

  constructor(now: number) {
    this.#startedAt = now
    this.#inFlightSince = now
  }

  /** A successful attempt: bytes written, and time to the first byte at the source. */
  succeeded(bytes: number, ttfbMs: number): void {
    this.#succeeded += 1
    this.#bytes += bytes
    const bucket = Math.floor(Math.log2(Math.max(ttfbMs, MIN_MS) / MIN_MS) * BUCKETS_PER_DOUBLING)
    const index = Math.min(bucket, BUCKETS - 1)
    this.#histogram[index] = this.#histogram[index]! + 1
  }

  /** An attempt that the source answered promptly, although there were no bytes to write. */
  served(latencyMs: number): void {
    this.succeeded(0, latencyMs)
  }

  failed(): void {
    this.#failed += 1
  }

  throttled(): void {
    this.#throttled += 1
  }

  /** The number in flight is now `count`. */
  inFlightChanged(count: number, now: number): void {
    this.#inFlightArea += this.#inFlight * (now - this.#inFlightSince)
    this.#inFlight = count
    this.#inFlightSince = now
  }

  /** The sample of the window that ends now; the next one begins. */
  close(now: number): WindowSample {
    this.inFlightChanged(this.#inFlight, now)
    const elapsedMs = now - this.#startedAt
    this.latencyMs =
      this.#succeeded === 0 ? null : { p50: this.#percentileMs(0.5), p90: this.#percentileMs(0.9) }
    const sample: WindowSample = {
      elapsedMs,
      succeeded: this.#succeeded,
      failed: this.#failed,
      throttled: this.#throttled,
      bytes: this.#bytes,
      latencyMs: this.latencyMs,
      inFlight: elapsedMs > 0 ? this.#inFlightArea / elapsedMs : this.#inFlight,
    }
    this.#startedAt = now
    this.#succeeded = this.#failed = this.#throttled = this.#bytes = this.#inFlightArea = 0
    this.#histogram.fill(0)
    return sample
  }

  #percentileMs(fraction: number): number {
    const rank = Math.ceil(this.#succeeded * fraction)
    let seen = 0
    for (let index = 0; index < BUCKETS; index += 1) {
      seen += this.#histogram[index]!
      if (seen >= rank) return MIN_MS * 2 ** ((index + 0.5) / BUCKETS_PER_DOUBLING)
    }
    return MIN_MS * 2 ** (BUCKETS / BUCKETS_PER_DOUBLING)
  }
}
