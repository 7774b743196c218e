import type { Job } from '../job.js'
import { newItemRecord, type ItemRecord } from '../records/item-record.js'
import { itemId, itemKey, type ItemAddress } from '../records/names.js'
import { openRanges, stageOf, withDone, withUnreadable } from '../records/plan-record.js'
import { createItem, ensureChildren, publishHint } from './create-item.js'
import { changePlan } from './plans.js'

/** An item's record as it was read. */
export interface StoredItem {
  readonly address: ItemAddress
  readonly record: ItemRecord
  readonly revision: number
}

/**
 * Adds an item that is done or unreadable to the sums of its plan, exactly once, and deletes its record unless that names failures or a
 * part of the report. Safe to repeat, and by anybody.
 *
 * @returns true when the manifest needs no more work
 */
export async function rollUp(job: Job, { address, record, revision }: StoredItem): Promise<boolean> {
  const { from } = address
  const to = record.to
  if (record.children !== undefined) await ensureChildren(job, address, record.children)
  let overlaps = false
  const { plan } = await changePlan(job, address.manifest, (plan) => {
    overlaps = false
    if (record.state === 'unreadable') {
      const problem = record.problem ?? { code: 'UNREADABLE', message: 'the manifest could not be read' }
      return stageOf(plan) === 'open' ? withUnreadable(plan, from, to, problem) : null
    }
    const next = withDone(plan, from, to!, record.counts)
    overlaps = next === 'overlap'
    return next === 'overlap' ? null : next
  })
  if (plan !== null && overlaps) {
    await resolveOverlap(job, { address, record, revision }, openRanges(plan, from, to!))
    return false
  }
  const named = record.failures !== undefined || record.parts !== undefined || record.state === 'unreadable'
  if (plan === null || !named) await job.records.delete(itemKey(itemId(address)), revision)
  return plan === null || stageOf(plan) !== 'open'
}

/**
 * A part of the range is in the sums already: the engine lost the record that said it was given away. What the sums don't have is done
 * again, because the counts of this record can't be taken apart.
 */
async function resolveOverlap(
  job: Job,
  { address, revision }: StoredItem,
  ranges: readonly number[],
): Promise<void> {
  if (!(await job.records.delete(itemKey(itemId(address)), revision))) return
  for (let i = 0; i < ranges.length; i += 2) {
    const part = { ...address, from: ranges[i]! }
    await createItem(job, part, newItemRecord(part.from, ranges[i + 1]!))
    await publishHint(job, { item: itemId(part) })
  }
}
