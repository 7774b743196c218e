import type { Gate } from '@lagoon/aimd'
import type { KeyBatch } from '@lagoon/manifest'
import { describeFailure } from '../output/describe-failure.js'
import { compareHeads, type Head } from './compare-heads.js'

/** Asks a store for one object; null when it has none. */
export type AskHead = (key: string) => Promise<Head | null>

/** What became of one row of a manifest. */
export type RowVerdict =
  | {
      readonly same: true
      readonly key: string
      readonly row: number
      readonly by: 'etag' | 'size'
      readonly head: Head
    }
  | {
      readonly same: false
      readonly key: string
      readonly row: number
      readonly code: string
      readonly message: string
    }

/**
 * Compares every row of the batches, as many at a time as the gate lets through, and says each verdict as it is known. Takes no new row after `drain`;
 * answers whether all rows were compared.
 */
export async function verifyRows(
  batches: AsyncIterable<KeyBatch>,
  {
    source,
    destination,
    gate,
    drain,
    onVerdict,
  }: {
    readonly source: AskHead
    readonly destination: AskHead
    readonly gate: Gate
    readonly drain: AbortSignal
    readonly onVerdict: (verdict: RowVerdict) => void
  },
): Promise<boolean> {
  const underWay = new Set<Promise<void>>()
  try {
    for await (const batch of batches) {
      for (const { index, key, code, message } of batch.problems) {
        onVerdict({ same: false, key, row: batch.firstRow + index, code, message })
      }
      for (const [index, key] of batch.keys.entries()) {
        if (key === null) continue
        const permit = await gate.acquire()
        if (drain.aborted) {
          permit.release()
          return false
        }
        const copyKey = batch.destinationKeys?.[index] ?? key
        const task = compareOne(key, { source, destination: () => destination(copyKey) })
          .then((verdict) => onVerdict({ ...verdict, key, row: batch.firstRow + index }))
          .finally(() => {
            permit.release()
            underWay.delete(task)
          })
        underWay.add(task)
      }
    }
    return true
  } finally {
    await Promise.all(underWay)
  }
}

type Compared =
  { same: true; by: 'etag' | 'size'; head: Head } | { same: false; code: string; message: string }

async function compareOne(
  key: string,
  { source, destination }: { source: AskHead; destination: () => Promise<Head | null> },
): Promise<Compared> {
  try {
    const [original, copy] = await Promise.all([source(key), destination()])
    const verdict = compareHeads(original, copy)
    return verdict.same ? { ...verdict, head: original! } : verdict
  } catch (error) {
    const { code, message } = describeFailure(error).data
    return { same: false, code, message }
  }
}
