/** Something under way that a signal can end. */
export interface Abortable {
  abort(): void
}

const groups = new WeakMap<AbortSignal, Set<Abortable>>()

/**
 * Everything under way for one signal. A run has thousands of attempts and one signal: a listener for each would cost more than the
 * signing of the request, a set costs nothing to speak of.
 */
export function abortGroup(signal: AbortSignal): Set<Abortable> {
  const existing = groups.get(signal)
  if (existing !== undefined) return existing
  const members = new Set<Abortable>()
  groups.set(signal, members)
  signal.addEventListener(
    'abort',
    () => {
      for (const member of members) member.abort()
    },
    { once: true },
  )
  return members
}
