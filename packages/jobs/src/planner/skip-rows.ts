import { createItem } from '../items/create-item.js'
import { readPlan } from '../items/plans.js'
import type { Job } from '../job.js'
import { encodeItem, newItemRecord } from '../records/item-record.js'
import { itemId, itemKey, type ItemAddress } from '../records/names.js'
import { planSlicesOf } from '../records/plan-record.js'
import { NO_COUNTS } from '../records/counts.js'
import { SettledRows } from '../records/settled-rows.js'

/**
 * Records rows as skipped before any worker gets them, such as rows that name a key again. Items that a worker has claimed are left as they
 * are. Safe to repeat.
 *
 * @param rows numbers of rows in the whole manifest
 * @returns how many rows are recorded as skipped
 */
export async function skipRows(job: Job, manifest: string, rows: Iterable<number>): Promise<number> {
  const plan = await readPlan(job, manifest)
  if (plan === null) return 0
  const sorted = [...rows].sort((a, b) => a - b)
  let [next, skipped] = [0, 0]
  for (const { rowGroup, from, to } of planSlicesOf(plan)) {
    const settled = new SettledRows(from)
    const end = to ?? Infinity
    while (next < sorted.length && sorted[next]! < end) settled.add(sorted[next++]!)
    if (settled.count === 0) continue
    skipped += await createSkipped(job, { manifest, rowGroup, from }, to, settled)
  }
  return skipped
}

async function createSkipped(
  job: Job,
  address: ItemAddress,
  to: number | null,
  settled: SettledRows,
): Promise<number> {
  const window = settled.toWindow()
  const record = {
    ...newItemRecord(address.from, to),
    through: settled.through,
    ...(window !== undefined && { window }),
    counts: { ...NO_COUNTS, skipped: settled.count },
  }
  if ((await createItem(job, address, record)) !== null) return settled.count
  // By an earlier attempt that was interrupted or whose response was lost.
  const stored = await job.records.get(itemKey(itemId(address)))
  return stored !== null && Buffer.from(stored.value).equals(encodeItem(record)) ? settled.count : 0
}
