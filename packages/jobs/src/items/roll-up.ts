import type { Job } from '../job.js'
import type { ItemRecord } from '../records/item-record.js'
import { itemId, itemKey, type ItemAddress } from '../records/names.js'
import { stageOf, withDone, withUnreadable } from '../records/plan-record.js'
import { ensureChildren } from './create-item.js'
import { changePlan } from './plans.js'

/** An item's record as it was read. */
export interface StoredItem {
  readonly address: ItemAddress
  readonly record: ItemRecord
  readonly revision: number
}

/**
 * Adds an item that is done or unreadable to the sums of its plan, exactly once, and deletes its record unless it names failures or a part
 * of the report. Safe to repeat by anyone.
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
  if (overlaps) {
    // The engine lost the record of a split, and other workers did the rows. The counts of this record cannot be divided, so it is deleted;
    // the sweep finds the rows that are missing from the sums.
    await job.records.delete(itemKey(itemId(address)), revision)
    return false
  }
  const named = record.failures !== undefined || record.parts !== undefined || record.state === 'unreadable'
  if (plan === null || !named) await job.records.delete(itemKey(itemId(address)), revision)
  return plan === null || stageOf(plan) !== 'open'
}
