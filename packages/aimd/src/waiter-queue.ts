/** One that waits at a gate; linked to its neighbours so that leaving the queue costs the same at any place. */
export interface Waiter<T> {
  readonly value: T
  before: Waiter<T> | null
  after: Waiter<T> | null
  waiting: boolean
}

/** First in, first out, with removal from the middle in constant time. */
export class WaiterQueue<T> {
  #first: Waiter<T> | null = null
  #last: Waiter<T> | null = null
  #length = 0

  get length(): number {
    return this.#length
  }

  get first(): Waiter<T> | null {
    return this.#first
  }

  push(value: T): Waiter<T> {
    const waiter: Waiter<T> = { value, before: this.#last, after: null, waiting: true }
    if (this.#last === null) this.#first = waiter
    else this.#last.after = waiter
    this.#last = waiter
    this.#length += 1
    return waiter
  }

  /** Takes the waiter out; returns false if it had left before. */
  remove(waiter: Waiter<T>): boolean {
    if (!waiter.waiting) return false
    waiter.waiting = false
    if (waiter.before === null) this.#first = waiter.after
    else waiter.before.after = waiter.after
    if (waiter.after === null) this.#last = waiter.before
    else waiter.after.before = waiter.before
    waiter.before = null
    waiter.after = null
    this.#length -= 1
    return true
  }
}
