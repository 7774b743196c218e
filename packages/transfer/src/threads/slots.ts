/** Slots have numbers below it; each reuse of a slot adds it to the number. */
const REUSE = 2 ** 20

/** Where in an array the thing of that number is. */
export function slotOf(number: number): number {
  return number % REUSE
}

/**
 * Things in progress, by number. A number is never reused, so a late message about something that is over concerns nothing else.
 * An array and not a `Map`, for the reason that `AbortGroup` has.
 */
export class Slots<T> {
  readonly #items: (T | undefined)[] = []
  readonly #numbers: number[] = []
  readonly #free: number[] = []

  get size(): number {
    return this.#items.length - this.#free.length
  }

  /** Takes something in and gives it its number. */
  add(item: T): number {
    const slot = this.#free.pop() ?? this.#items.length
    const number = slot === this.#items.length ? slot : this.#numbers[slot]! + REUSE
    this.#items[slot] = item
    this.#numbers[slot] = number
    return number
  }

  /** Undefined if that is over. */
  get(number: number): T | undefined {
    const slot = slotOf(number)
    return this.#numbers[slot] === number ? this.#items[slot] : undefined
  }

  /** The thing with this number is over. */
  delete(number: number): void {
    const slot = slotOf(number)
    this.#items[slot] = undefined
    this.#free.push(slot)
  }

  *values(): Iterable<T> {
    for (const item of this.#items) if (item !== undefined) yield item
  }
}
