import { AimdError } from './errors.js'
import { WaiterQueue } from './waiter-queue.js'

/**
 * The gate that enforces a limit. Invariants:
 *
 * 1. A permit is granted only while fewer than `limit` are out; those out survive a smaller limit.
 * 2. Permits are granted in the order of the calls: none overtakes a waiter, not by size and not by luck.
 * 3. Beside the count, the bytes of the permits out stay within `byteBudget`; an item larger than the whole
 *    budget goes through when no other bytes are out.
 * 4. No wake-up is lost: whenever 1 to 3 and 6 allow the first waiter to go, it has been granted its permit.
 * 5. A wait ends by its signal with the signal's reason, and holds nothing afterwards.
 * 6. While the gate is closed no permit is granted; permits in use are returned as usual.
 */
export interface Gate {
  /** How many permits may be out. */
  readonly limit: number
  /** How many bytes may be out; `Infinity` when bytes don't count. */
  readonly byteBudget: number
  /** Permits out; above `limit` for a while after it was lowered. */
  readonly inFlight: number
  /** Bytes of the permits out. */
  readonly bytesInFlight: number
  /** Calls that wait. */
  readonly waiting: number
  /** True between {@link close} and {@link open}. */
  readonly closed: boolean
  /** A permit at once where one is free, else a promise of one. Rejects with the signal's reason when aborted. */
  acquire(options?: AcquireOptions): Permit | Promise<Permit>
  /** A permit if one is free without waiters, else null. */
  tryAcquire(options?: { bytes?: number }): Permit | null
  /** Changes the limit, and the byte budget if one is given. Throws `LAGOON_AIMD_INVALID_LIMIT`. */
  resize(limit: number, byteBudget?: number): void
  /** Grants no permit until {@link open}. */
  close(): void
  /** Grants permits again, to those who wait first. */
  open(): void
}

export interface AcquireOptions {
  /** Ends the wait. A permit already granted is not taken back. */
  signal?: AbortSignal | undefined
  /** Bytes the permit stands for, ≥ 0. Default 0. */
  bytes?: number | undefined
}

/** The right to do one thing. Also `using permit = await gate.acquire()`. */
export interface Permit extends Disposable {
  /** Gives the permit back; a second call does nothing. */
  release(): void
}

interface Waiting {
  bytes: number
  signal: AbortSignal | undefined
  grant: (permit: Permit) => void
  onAbort: (() => void) | null
}

/** Creates a gate. Throws `LAGOON_AIMD_INVALID_LIMIT` unless `limit` is an integer ≥ 1 and the budget above 0. */
export function createGate(limit: number, options: { byteBudget?: number } = {}): Gate {
  return new FifoGate(limit, options.byteBudget ?? Infinity)
}

class FifoGate implements Gate {
  limit: number
  byteBudget: number
  inFlight = 0
  bytesInFlight = 0
  closed = false
  readonly #queue = new WaiterQueue<Waiting>()

  constructor(limit: number, byteBudget: number) {
    checkLimits(limit, byteBudget)
    this.limit = limit
    this.byteBudget = byteBudget
  }

  get waiting(): number {
    return this.#queue.length
  }

  acquire(options?: AcquireOptions): Permit | Promise<Permit> {
    const signal = options?.signal
    // eslint-disable-next-line prefer-promise-reject-errors -- the reason is the caller's own
    if (signal?.aborted === true) return Promise.reject(signal.reason)
    const bytes = checkBytes(options?.bytes)
    if (this.#queue.length === 0 && this.#fits(bytes)) return this.#grant(bytes)
    return this.#wait(bytes, signal)
  }

  tryAcquire(options?: { bytes?: number }): Permit | null {
    const bytes = checkBytes(options?.bytes)
    return this.#queue.length === 0 && this.#fits(bytes) ? this.#grant(bytes) : null
  }

  resize(limit: number, byteBudget: number = this.byteBudget): void {
    checkLimits(limit, byteBudget)
    this.limit = limit
    this.byteBudget = byteBudget
    this.#wake()
  }

  close(): void {
    this.closed = true
  }

  open(): void {
    this.closed = false
    this.#wake()
  }

  /** Called by a permit, once. */
  giveBack(bytes: number): void {
    this.inFlight -= 1
    this.bytesInFlight -= bytes
    if (this.#queue.length > 0) this.#wake()
  }

  #fits(bytes: number): boolean {
    if (this.closed || this.inFlight >= this.limit) return false
    return this.bytesInFlight === 0 || this.bytesInFlight + bytes <= this.byteBudget
  }

  #grant(bytes: number): Permit {
    this.inFlight += 1
    this.bytesInFlight += bytes
    return new GatePermit(this, bytes)
  }

  #wait(bytes: number, signal: AbortSignal | undefined): Promise<Permit> {
    return new Promise((grant, reject) => {
      const waiting: Waiting = { bytes, signal, grant, onAbort: null }
      const waiter = this.#queue.push(waiting)
      if (signal === undefined) return
      waiting.onAbort = () => {
        if (!this.#queue.remove(waiter)) return
        reject(signal.reason)
        this.#wake()
      }
      signal.addEventListener('abort', waiting.onAbort, { once: true })
    })
  }

  /** Grants from the front for as long as the first one fits. */
  #wake(): void {
    for (let first = this.#queue.first; first !== null; first = this.#queue.first) {
      const { bytes, signal, grant, onAbort } = first.value
      if (!this.#fits(bytes)) return
      this.#queue.remove(first)
      if (onAbort !== null) signal?.removeEventListener('abort', onAbort)
      grant(this.#grant(bytes))
    }
  }
}

class GatePermit implements Permit {
  #gate: FifoGate | null
  readonly #bytes: number

  constructor(gate: FifoGate, bytes: number) {
    this.#gate = gate
    this.#bytes = bytes
  }

  release(): void {
    const gate = this.#gate
    if (gate === null) return
    this.#gate = null
    gate.giveBack(this.#bytes)
  }

  [Symbol.dispose](): void {
    this.release()
  }
}

function checkBytes(bytes: number | undefined): number {
  if (bytes === undefined) return 0
  if (Number.isSafeInteger(bytes) && bytes >= 0) return bytes
  throw new AimdError(
    'LAGOON_AIMD_INVALID_LIMIT',
    `A permit was asked for ${bytes} bytes`,
    'Pass the size in bytes, or leave it out when it is not known.',
  )
}

function checkLimits(limit: number, byteBudget: number): void {
  const hint = 'Pass an integer of at least 1; leave the byte budget out, or above 0.'
  if (!Number.isSafeInteger(limit) || limit < 1) {
    throw new AimdError('LAGOON_AIMD_INVALID_LIMIT', `The limit of a gate is ${limit}`, hint)
  }
  if (!(byteBudget > 0)) {
    throw new AimdError('LAGOON_AIMD_INVALID_LIMIT', `The byte budget of a gate is ${byteBudget}`, hint)
  }
}
