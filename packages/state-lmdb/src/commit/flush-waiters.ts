import type { Outbox } from './write-buffer.js'

interface Waiter {
  readonly outbox: Outbox
  readonly resolve: () => void
  readonly reject: (error: Error) => void
}

/** Who waits until an outbox is on the disk. */
export class FlushWaiters {
  #waiters: Waiter[] = []

  wait(outbox: Outbox): Promise<void> {
    return new Promise((resolve, reject) => this.#waiters.push({ outbox, resolve, reject }))
  }

  committed(outbox: Outbox): void {
    const done = this.#waiters.filter((waiter) => waiter.outbox === outbox)
    this.#waiters = this.#waiters.filter((waiter) => waiter.outbox !== outbox)
    for (const { resolve } of done) resolve()
  }

  failed(error: Error): void {
    for (const { reject } of this.#waiters.splice(0)) reject(error)
  }
}
