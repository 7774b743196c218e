import { matchesRequest, type RequestMatch } from './request-match.js'
import type { RequestRecord } from './request-record.js'

interface Waiter {
  match: RequestMatch
  resolve: (record: RequestRecord) => void
}

/**
 * The requests to the server. Counters cover everything since the start or the last `clear()`; records are kept up to the log's size, and
 * the oldest are dropped first.
 */
export class RequestLog {
  readonly #size: number
  readonly #records: RequestRecord[] = []
  readonly #byOperation = new Map<string, number>()
  readonly #byStatus = new Map<number, number>()
  readonly #arrivals = new Set<Waiter>()
  readonly #ends = new Set<Waiter>()
  #total = 0
  #inFlight = 0
  #peak = 0
  #bytesReceived = 0
  #bytesSent = 0

  /** `size`: how many records to keep. */
  constructor(size: number) {
    this.#size = size
  }

  /** Requests that arrived. */
  get total(): number {
    return this.#total
  }

  /** Requests that have arrived and not ended. */
  get inFlight(): number {
    return this.#inFlight
  }

  /** The highest number in flight at a time. */
  get peakInFlight(): number {
    return this.#peak
  }

  /** Body bytes of requests that ended. */
  get bytesReceived(): number {
    return this.#bytesReceived
  }

  /** Body bytes of responses that ended. */
  get bytesSent(): number {
    return this.#bytesSent
  }

  /** Requests by operation. */
  get byOperation(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.#byOperation)
  }

  /** Responses by status. */
  get byStatus(): Readonly<Record<number, number>> {
    return Object.fromEntries(this.#byStatus)
  }

  /** The records, oldest first, including requests in flight. */
  get records(): readonly RequestRecord[] {
    return this.#records
  }

  /** How many of the records match. */
  count(match: RequestMatch): number {
    return this.matching(match).length
  }

  matching(match: RequestMatch): RequestRecord[] {
    return this.#records.filter((record) => matchesRequest(match, record))
  }

  /** The next matching request that arrives. */
  next(match: RequestMatch = {}): Promise<RequestRecord> {
    return new Promise((resolve) => this.#arrivals.add({ match, resolve }))
  }

  /** The next matching request that ends. */
  nextEnd(match: RequestMatch = {}): Promise<RequestRecord> {
    return new Promise((resolve) => this.#ends.add({ match, resolve }))
  }

  /** Clears records and counters; requests in flight stay in flight. */
  clear(): void {
    this.#records.length = 0
    this.#byOperation.clear()
    this.#byStatus.clear()
    this.#total = 0
    this.#peak = this.#inFlight
    this.#bytesReceived = 0
    this.#bytesSent = 0
  }

  /** For the server: a request was parsed. */
  begin(record: RequestRecord): void {
    this.#total += 1
    this.#inFlight += 1
    this.#peak = Math.max(this.#peak, this.#inFlight)
    this.#byOperation.set(record.operation, (this.#byOperation.get(record.operation) ?? 0) + 1)
    if (this.#size > 0) this.#records.push(record)
    // Dropped in blocks: shifting an array at every request costs more than the request.
    if (this.#records.length >= this.#size * 2) this.#records.splice(0, this.#records.length - this.#size)
    notify(this.#arrivals, record)
  }

  /** For the server: a request ended. */
  end(record: RequestRecord): void {
    this.#inFlight -= 1
    this.#bytesReceived += record.bytesReceived
    this.#bytesSent += record.bytesSent
    if (record.status !== null)
      this.#byStatus.set(record.status, (this.#byStatus.get(record.status) ?? 0) + 1)
    notify(this.#ends, record)
  }
}

function notify(waiters: Set<Waiter>, record: RequestRecord): void {
  for (const waiter of waiters) {
    if (!matchesRequest(waiter.match, record)) continue
    waiters.delete(waiter)
    waiter.resolve(record)
  }
}
