import type { Clock, QueueCounts } from '../ports.js'

/** How long an id is remembered: JetStream's default duplicate window. */
const DUPLICATE_WINDOW_MS = 120_000

export interface StoredMessage {
  readonly data: Uint8Array
  deliveries: number
  /** The earliest time of its next delivery; 0 at first. */
  dueAt: number
  /** True while a worker holds it. */
  delivered: boolean
}

interface Pull {
  deliver(message: StoredMessage): void
}

/** The server's side of one job's queue: first in, first out, with leases. */
export class MemoryQueue {
  readonly #clock: Clock
  readonly #leaseMs: number
  #messages: StoredMessage[] = []
  #ids = new Map<string, number>()
  readonly #pulls = new Set<Pull>()

  constructor(clock: Clock, leaseMs: number) {
    this.#clock = clock
    this.#leaseMs = leaseMs
  }

  publish(data: Uint8Array, id: string | undefined): void {
    const now = this.#clock.now()
    if (id !== undefined) {
      const seen = this.#ids.get(id)
      if (seen !== undefined && now - seen < DUPLICATE_WINDOW_MS) return
      this.#ids.set(id, now)
    }
    this.#messages.push({ data, deliveries: 0, dueAt: 0, delivered: false })
    this.#deliver()
  }

  /** Waits for a message; `pull.deliver` is called at most once. */
  pull(pull: Pull): void {
    this.#pulls.add(pull)
    this.#deliver()
  }

  cancel(pull: Pull): void {
    this.#pulls.delete(pull)
  }

  extend(message: StoredMessage): void {
    if (this.#messages.includes(message)) this.#lease(message, this.#leaseMs)
  }

  ack(message: StoredMessage): void {
    this.#messages = this.#messages.filter((other) => other !== message)
  }

  nak(message: StoredMessage, delayMs: number): void {
    if (!message.delivered) return
    if (delayMs > 0) return this.#lease(message, delayMs)
    message.delivered = false
    message.dueAt = 0
    this.#deliver()
  }

  /** Loses every message, as a purged stream does. */
  purge(): void {
    this.#messages = []
  }

  counts(): QueueCounts {
    const unacknowledged = this.#messages.filter(({ delivered }) => delivered).length
    const messages = this.#messages.length
    return { messages, pending: messages - unacknowledged, unacknowledged, pulls: this.#pulls.size }
  }

  /** A copy of what is stored; held messages are delivered again from it. */
  snapshot(): StoredMessage[] {
    return this.#messages.map((message) => Object.assign({}, message))
  }

  restore(messages: readonly StoredMessage[]): void {
    this.#messages = messages.map((message) => Object.assign({}, message))
    this.#ids = new Map()
    for (const message of this.#messages) if (message.delivered) this.#lease(message, this.#leaseMs)
    this.#deliver()
  }

  #lease(message: StoredMessage, ms: number): void {
    const dueAt = this.#clock.now() + ms
    message.delivered = true
    message.dueAt = dueAt
    void this.#clock.sleep(ms).then(() => {
      if (!message.delivered || message.dueAt !== dueAt || !this.#messages.includes(message)) return undefined
      message.delivered = false
      return this.#deliver()
    })
  }

  #deliver(): void {
    for (const pull of this.#pulls) {
      const message = this.#messages.find(({ delivered }) => !delivered)
      if (message === undefined) return
      this.#pulls.delete(pull)
      message.deliveries += 1
      this.#lease(message, this.#leaseMs)
      pull.deliver(message)
    }
  }
}
