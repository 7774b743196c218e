import type { Job } from '../job.js'
import { decodeItem, encodeItem } from '../records/item-record.js'
import { itemId, itemKey, type ItemAddress } from '../records/names.js'
import { withoutDone, withoutUnreadable } from '../records/plan-record.js'
import { publishHint } from './create-item.js'
import { changePlan } from './plans.js'

/**
 * Second half of putting rows back. The record says `retry` and what the plan may still count for it. First the range is taken out of the
 * plan, then the record is opened, then a message is published. Safe to repeat by anyone after a stop at any step.
 */
export async function completeRetry(job: Job, address: ItemAddress): Promise<void> {
  const { records } = job
  const key = itemKey(itemId(address))
  const stored = await records.get(key)
  if (stored === null) return
  const { previous, problem: _, ...record } = decodeItem(stored)
  if (record.state !== 'retry') return
  const { to } = record
  await changePlan(job, address.manifest, (plan) =>
    previous === undefined
      ? withoutUnreadable(plan, address.from, to)
      : withoutDone(plan, address.from, to!, previous),
  )
  const opened = await records.replace(key, encodeItem({ ...record, state: 'open' }), stored.revision)
  if (opened !== null) await publishHint(job, { item: itemId(address) })
}
