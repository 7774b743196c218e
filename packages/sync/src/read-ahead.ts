/**
 * Asks `source` for its next item while the consumer is still busy with the last one. At most one item is held,
 * so backpressure reaches the source. Leaving the loop early closes the source.
 */
export async function* readAhead<T>(source: AsyncIterable<T>): AsyncGenerator<T> {
  const iterator = source[Symbol.asyncIterator]()
  let next = iterator.next()
  try {
    for (;;) {
      const result = await next
      if (result.done) return
      next = iterator.next()
      // Whoever stops listening must not turn the item asked for into an unhandled rejection.
      next.catch(() => {})
      yield result.value
    }
  } finally {
    await next.catch(() => {})
    await iterator.return?.()
  }
}
