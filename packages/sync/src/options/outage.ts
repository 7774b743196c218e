/** Detects from the attempts that an endpoint as a whole can't be reached. Arithmetic only; no clock, no I/O. */
export interface OutageOptions {
  /** Failures to connect in a row, without any success, that make an outage. Default 3. */
  readonly threshold?: number
  /** How long an outage may last before its failures count, ms. Default 600,000 (10 minutes). */
  readonly patienceMs?: number
  /** Time between two probes during an outage, ms. Default 1,000. */
  readonly probeIntervalMs?: number
}

export const OUTAGE_DEFAULTS = { threshold: 3, patienceMs: 600_000, probeIntervalMs: 1000 } as const

/**
 * 1. An outage begins after `threshold` failures to connect with no attempt in between that reached the store. Where something
 *    else answers for the store, the failures must be those of different objects: one key may be all that it objects to.
 * 2. While it lasts, one attempt is let through every `probeIntervalMs`; the others wait.
 * 3. Any attempt that reaches the store ends it.
 * 4. Failures during an outage count against no object until it has lasted `patienceMs`.
 */
export class OutageDetector {
  readonly #options: Required<OutageOptions>
  #failuresInARow = 0
  #firstFailureAt = 0
  #nextProbeAt = 0
  /** Objects for which something else has answered since the store was reached. */
  readonly #objects = new Set<object>()

  constructor(options: OutageOptions = {}) {
    this.#options = { ...OUTAGE_DEFAULTS, ...options }
  }

  /** True while the endpoint counts as down. */
  get active(): boolean {
    return this.#failuresInARow >= this.#options.threshold
  }

  /**
   * An attempt could not connect, or something else answered. True when this begins an outage.
   *
   * @param object whose attempt it was, if something else answered
   */
  unreachable(now: number, object?: object): boolean {
    if (object !== undefined && !this.active) {
      if (this.#objects.has(object)) return false
      this.#objects.add(object)
    }
    if (this.#failuresInARow === 0) this.#firstFailureAt = now
    this.#failuresInARow += 1
    return this.#failuresInARow === this.#options.threshold
  }

  /** An attempt reached the store. True when this ends an outage. */
  reached(): boolean {
    if (this.#failuresInARow === 0) return false
    const wasActive = this.active
    this.#failuresInARow = 0
    this.#objects.clear()
    return wasActive
  }

  /** True while an outage is young enough for its failures to be forgiven. */
  forgives(now: number): boolean {
    return this.active && now - this.#firstFailureAt < this.#options.patienceMs
  }

  /** How long an attempt has to wait during an outage, ms; 0 makes it the probe. */
  waitMs(now: number): number {
    if (!this.active) return 0
    if (now < this.#nextProbeAt) return this.#nextProbeAt - now
    this.#nextProbeAt = now + this.#options.probeIntervalMs
    return 0
  }
}
