/** Something in progress that a signal can end. */
export interface Abortable {
  /** Where the group keeps it; −1 outside of a group. Only the group writes it. */
  groupIndex: number
  abort(): void
}

/**
 * Everything in progress for one signal. A run has thousands of attempts and one signal: a listener for each would cost more than the
 * signing of the request.
 *
 * An array with swap-remove and not a `Set`: a `Set` with a high turnover is rehashed again and again, each obsolete table still points
 * to the next, and once one of them is promoted to the old generation it keeps all later ones alive, with every relay and socket chunk in
 * them, until the next full collection.
 */
export class AbortGroup {
  readonly #members: Abortable[] = []

  add(member: Abortable): void {
    member.groupIndex = this.#members.length
    this.#members.push(member)
  }

  /** Nothing happens to what is not in the group. */
  delete(member: Abortable): void {
    const index = member.groupIndex
    if (index < 0) return
    member.groupIndex = -1
    const last = this.#members.pop()!
    if (last === member) return
    this.#members[index] = last
    last.groupIndex = index
  }

  abortAll(): void {
    for (const member of this.#members.slice()) member.abort()
  }
}

/** Safe to share: a group belongs to its signal, and goes with it. */
const groups = new WeakMap<AbortSignal, AbortGroup>()

/** The group of a signal, made on first use. */
export function abortGroup(signal: AbortSignal): AbortGroup {
  const existing = groups.get(signal)
  if (existing !== undefined) return existing
  const group = new AbortGroup()
  groups.set(signal, group)
  signal.addEventListener('abort', () => group.abortAll(), { once: true })
  return group
}
