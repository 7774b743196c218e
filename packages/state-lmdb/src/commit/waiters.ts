import type { WriteBuffer } from './write-buffer.js'

interface Waiter {
  readonly buffer: WriteBuffer
  readonly resolve: () => void
  readonly reject: (error: Error) => void
}

/** Callers that wait until a buffer is on the disk. */
export class FlushWaiters {
  #waiters: Waiter[] = []

  wait(buffer: WriteBuffer): Promise<void> {
    return new Promise((resolve, reject) => this.#waiters.push({ buffer, resolve, reject }))
  }

  committed(buffer: WriteBuffer): void {
    const done = this.#waiters.filter((waiter) => waiter.buffer === buffer)
    this.#waiters = this.#waiters.filter((waiter) => waiter.buffer !== buffer)
    for (const { resolve } of done) resolve()
  }

  failed(error: Error): void {
    for (const { reject } of this.#waiters.splice(0)) reject(error)
  }
}

/** Callers that wait until there is room to record more. */
export class RoomWaiters {
  #admitted: (() => void)[] = []

  wait(): Promise<void> {
    return new Promise((resolve) => this.#admitted.push(resolve))
  }

  admit(): void {
    for (const resolve of this.#admitted.splice(0)) resolve()
  }
}
