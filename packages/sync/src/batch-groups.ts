import type { KeyStreamItem } from './key-stream.js'
import type { KeyBatch, ManifestRef } from './ports/manifests.js'

/** Consecutive batches of one manifest. */
export interface BatchGroup {
  readonly kind: 'batches'
  readonly ref: ManifestRef
  readonly batches: readonly KeyBatch[]
}

/** Gathers batches until they have so many rows, which is asked anew for each group. Everything else passes in its place. */
export async function* batchGroups(
  stream: AsyncIterable<KeyStreamItem>,
  rowsAtOnce: () => number,
): AsyncGenerator<BatchGroup | Exclude<KeyStreamItem, { kind: 'batch' }>> {
  let batches: KeyBatch[] = []
  let rows = 0
  let ref: ManifestRef | null = null
  const take = (): BatchGroup[] => {
    const group = ref === null ? [] : [{ kind: 'batches', ref, batches } as const]
    batches = []
    rows = 0
    ref = null
    return group
  }
  for await (const item of stream) {
    if (item.kind !== 'batch' || item.ref !== ref) yield* take()
    if (item.kind !== 'batch') {
      yield item
      continue
    }
    ref = item.ref
    batches.push(item.batch)
    rows += item.batch.keys.length
    if (rows >= rowsAtOnce()) yield* take()
  }
  yield* take()
}
