/** Runs `action` for every item, at most `concurrency` at a time. The first failure stops the taking of items and is thrown. */
export async function forEachConcurrently<T>(
  items: Iterable<T> | AsyncIterable<T>,
  concurrency: number,
  action: (item: T) => Promise<void>,
): Promise<void> {
  const iterator = Symbol.asyncIterator in items ? items[Symbol.asyncIterator]() : items[Symbol.iterator]()
  let failure: { error: unknown } | null = null
  const worker = async (): Promise<void> => {
    while (failure === null) {
      const next = await iterator.next()
      if (next.done) return
      try {
        await action(next.value)
      } catch (error) {
        failure ??= { error }
      }
    }
  }
  await Promise.all(Array.from({ length: concurrency }, worker))
  await iterator.return?.()
  if (failure !== null) throw (failure as { error: unknown }).error
}
