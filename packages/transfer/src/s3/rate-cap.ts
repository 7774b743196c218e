import type { TrafficLimits } from '../contract/copier.js'

const BURST_NS = 100_000_000n

/** State of the caps of one side, one cell per cap, shared by all threads. */
export interface CapCells {
  bytes: BigInt64Array
  requests: BigInt64Array
}

/** State of the caps of both sides. */
export interface CopierCaps {
  source: CapCells
  destination: CapCells
}

/** New cells, which threads can share. */
export function capCells(): CapCells {
  return { bytes: sharedCell(), requests: sharedCell() }
}

/**
 * Forgets what was taken under the caps that change, so that a new cap does not inherit the old one's waits. Called
 * once for all threads, before any of them learns of the new cap.
 */
export function forgive({ bytes, requests }: CapCells, limits: TrafficLimits): void {
  if (limits.maxBytesPerSecond !== undefined) Atomics.store(bytes, 0, 0n)
  if (limits.maxRequestsPerSecond !== undefined) Atomics.store(requests, 0, 0n)
}

function sharedCell(): BigInt64Array {
  return new BigInt64Array(new SharedArrayBuffer(BigInt64Array.BYTES_PER_ELEMENT))
}

/**
 * A cap on an amount per second. Requests are never refused: each gets its wait, and the waits add up to
 * the cap. After a pause, a tenth of a second's worth may pass immediately. The state is one number, the time up to
 * which everything is taken, so that threads share a cap without a lock (the generic cell rate algorithm in its
 * virtual scheduling form: ITU-T I.371).
 */
export class RateCap {
  readonly #nsEach: number
  readonly #takenUntilNs: BigInt64Array
  readonly #now: () => bigint

  /**
   * @param perSecond at least 1
   * @param cell the state, one element
   * @param now nanoseconds, from the same clock in all threads; for tests
   */
  constructor(
    perSecond: number,
    cell: BigInt64Array = new BigInt64Array(1),
    now: () => bigint = process.hrtime.bigint,
  ) {
    this.#nsEach = 1e9 / perSecond
    this.#takenUntilNs = cell
    this.#now = now
  }

  /** Takes an amount; returns the milliseconds to wait before continuing, 0 for none. */
  take(amount: number): number {
    const now = this.#now()
    const cost = BigInt(Math.ceil(amount * this.#nsEach))
    for (;;) {
      const until = Atomics.load(this.#takenUntilNs, 0)
      const taken = (until < now - BURST_NS ? now - BURST_NS : until) + cost
      if (Atomics.compareExchange(this.#takenUntilNs, 0, until, taken) !== until) continue
      return taken <= now ? 0 : Number(taken - now) / 1e6
    }
  }
}
