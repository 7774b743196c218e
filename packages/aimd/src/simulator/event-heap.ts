/** Something that happens at a time. */
interface Timed {
  atMs: number
}

/** A binary heap: the earliest first. */
export class EventHeap<T extends Timed> {
  readonly #items: T[] = []

  get size(): number {
    return this.#items.length
  }

  get first(): T | undefined {
    return this.#items[0]
  }

  push(item: T): void {
    const items = this.#items
    let at = items.length
    items.push(item)
    while (at > 0) {
      const up = (at - 1) >> 1
      const parent = items[up] as T
      if (parent.atMs <= item.atMs) break
      items[at] = parent
      at = up
    }
    items[at] = item
  }

  pop(): T | undefined {
    const items = this.#items
    const first = items[0]
    const last = items.pop()
    if (first === undefined || last === undefined || items.length === 0) return first
    let at = 0
    for (;;) {
      let down = 2 * at + 1
      if (down >= items.length) break
      const right = down + 1
      if (right < items.length && (items[right] as T).atMs < (items[down] as T).atMs) down = right
      const child = items[down] as T
      if (child.atMs >= last.atMs) break
      items[at] = child
      at = down
    }
    items[at] = last
    return first
  }
}
