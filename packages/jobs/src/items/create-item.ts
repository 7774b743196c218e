import type { Job } from '../job.js'
import { encodeItem, newItemRecord, type ItemRecord } from '../records/item-record.js'
import { encode, decode } from '../records/json.js'
import { itemId, itemKey, type ItemAddress } from '../records/names.js'
import { isSettled } from '../records/plan-record.js'
import { readPlan } from './plans.js'

/** The content of a message: which item to look at. Everything else is in the records. */
interface Hint {
  readonly item: string
  /** The item that these rows were split from. */
  readonly parent?: string
}

/** Publishes a hint. `once` drops a duplicate of one that was published within the server's duplicate window. */
export function publishHint(job: Job, hint: Hint, { once = false } = {}): Promise<void> {
  return job.queue.publish(encode(hint), once ? { id: hint.item } : {})
}

/** Null if the message is not a hint. */
export function readHint(data: Uint8Array): Hint | null {
  try {
    const hint = decode<Hint>({ key: 'hint', value: data })
    return typeof hint.item === 'string' ? hint : null
  } catch {
    return null
  }
}

/**
 * Creates the record of an item that has none. Returns its revision, or null if it has a record or needs no more work. The plan is read
 * afterwards, so an item that ended and whose record was deleted in the meantime is not created again.
 */
export async function createItem(
  job: Job,
  address: ItemAddress,
  record: ItemRecord,
): Promise<{ revision: number; record: ItemRecord } | null> {
  const key = itemKey(itemId(address))
  const revision = await job.records.create(key, encodeItem(record))
  if (revision === null) return null
  const plan = await readPlan(job, address.manifest)
  if (plan !== null && !isSettled(plan, address.from)) return { revision, record }
  await job.records.delete(key, revision)
  return null
}

/**
 * Makes sure that rows which were split off have a record and a message. Safe to repeat by the worker that split them, by a later holder of
 * that item, and by the sweep.
 */
export async function ensureChildren(
  job: Job,
  address: ItemAddress,
  children: NonNullable<ItemRecord['children']>,
): Promise<void> {
  for (const [from, to] of children) {
    const child = { ...address, from }
    const plan = await readPlan(job, address.manifest)
    if (plan === null || isSettled(plan, from)) continue
    await createItem(job, child, newItemRecord(from, to))
    await publishHint(job, { item: itemId(child), parent: itemId(address) })
  }
}
