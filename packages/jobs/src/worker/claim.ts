import { createItem, ensureChildren, readHint } from '../items/create-item.js'
import { readPlan } from '../items/plans.js'
import { completeRetry } from '../items/retry-item.js'
import { rollUp } from '../items/roll-up.js'
import type { Job } from '../job.js'
import type { WorkMessage } from '../ports.js'
import {
  decodeItem,
  encodeItem,
  newItemRecord,
  settledRowsOf,
  type ItemRecord,
} from '../records/item-record.js'
import { itemId, itemKey, parseItemId, type ItemAddress } from '../records/names.js'
import { groupOf, isSettled, openRanges, sliceAt, type PlanRecord } from '../records/plan-record.js'
import type { Claimed } from './context.js'
import { ItemWriter } from './item-writer.js'

/** Fruitless holders after which an item is worked on alone with few rows in flight, and after which with one. */
const ALONE_FROM = 3
const ONE_BY_ONE_FROM = 5
const ALONE_IN_FLIGHT = 16

/** What became of a message. */
type Claim =
  | { readonly type: 'claimed'; readonly claimed: Claimed }
  /** The worker already holds this item: the message replaces its present one. */
  | { readonly type: 'mine'; readonly item: string }
  /** The message was stale and was acknowledged, or another worker holds the item. `manifestEnded`: nothing is left of its manifest. */
  | { readonly type: 'none'; readonly manifestEnded: boolean }

interface Open {
  readonly record: ItemRecord
  readonly revision: number
}

const NONE: Claim = { type: 'none', manifestEnded: false }

/**
 * Claims the item that a message names, if the records agree. Safe to repeat after a failure: a record that names this worker, which does
 * not hold the item, is a claim whose response was lost.
 */
export async function claim(
  job: Job,
  worker: string,
  message: WorkMessage,
  inHand: (item: string) => boolean,
): Promise<Claim> {
  const hint = readHint(message.data)
  const address = hint === null ? null : parseItemId(hint.item)
  if (hint === null || address === null) return drop(message)
  const id = itemId(address)
  if (inHand(id)) return { type: 'mine', item: id }
  const claimedAt = job.clock.now()
  message.extend()

  const stored = await job.records.get(itemKey(id))
  let open: Open | null
  let plan: PlanRecord | null = null
  if (stored === null) {
    plan = await readPlan(job, address.manifest)
    const record = plan === null ? null : await firstRecord(job, plan, address, hint.parent)
    open = record === null ? null : await createItem(job, address, record)
    // Nothing to do, or another worker created it in the meantime: then that worker's message, or the sweep's, covers it.
    if (open === null) return drop(message)
  } else {
    open = { record: decodeItem(stored), revision: stored.revision }
    const { state, holder } = open.record
    if (state === 'done' || state === 'unreadable') {
      const manifestEnded = await rollUp(job, { address, ...open })
      return drop(message, manifestEnded)
    }
    if (state === 'retry') {
      await completeRetry(job, address)
      return drop(message)
    }
    if (state === 'held' && holder !== worker) {
      const age = (await job.records.time()) - stored.writtenAt
      if (age < job.leaseMs) return leaveToHolder(message, job.leaseMs - age)
    }
  }

  const { record, poisonRow } = takeOver(address, open.record, worker)
  const revision = await job.records.replace(itemKey(id), encodeItem(record), open.revision)
  // Another worker claimed it, or its holder is alive after all.
  if (revision === null) return drop(message)
  plan ??= await readPlan(job, address.manifest)
  const group = plan === null ? null : groupOf(plan, address.rowGroup)
  if (plan === null || group === null || isSettled(plan, address.from)) {
    await job.records.delete(itemKey(id), revision)
    return drop(message)
  }
  if (record.children !== undefined) await ensureChildren(job, address, record.children)
  const { fruitless = 0, epoch } = record
  const writer = new ItemWriter(job, { id, holder: worker, epoch, revision, claimedAt, message })
  return {
    type: 'claimed',
    claimed: {
      address,
      plan,
      groupStart: group.start,
      record,
      rows: settledRowsOf(address.from, record),
      writer,
      maxInFlight: fruitless >= ONE_BY_ONE_FROM ? 1 : fruitless >= ALONE_FROM ? ALONE_IN_FLIGHT : Infinity,
      poisonRow,
    },
  }
}

/** Rows that are kept of an item that is worked on one row at a time; the rest is split off. */
export const ONE_BY_ONE_ROWS = ALONE_IN_FLIGHT

/**
 * The record of an item that has none. The plan knows the rows of the items that it defines; the record of the splitting item knows the
 * rows that were split off. A message about anything else is stale.
 */
async function firstRecord(
  job: Job,
  plan: PlanRecord,
  address: ItemAddress,
  parent: string | undefined,
): Promise<ItemRecord | null> {
  const { rowGroup, from } = address
  if (isSettled(plan, from)) return null
  const slice = sliceAt(plan, rowGroup, from)
  if (slice !== null) {
    // Later rows may be done already, if the engine lost records.
    const to = slice.to === null ? null : openRanges(plan, from, slice.to)[1]!
    return newItemRecord(from, to)
  }
  const stored = parent === undefined ? null : await job.records.get(itemKey(parent))
  const child = stored === null ? undefined : decodeItem(stored).children?.find(([start]) => start === from)
  return child === undefined ? null : newItemRecord(from, child[1])
}

/**
 * The record with this worker as the holder. A holder that died without progress was fruitless. Progress under these precautions does not
 * lift them, because they made it possible. After six fruitless holders the suspected row fails.
 */
function takeOver(
  address: ItemAddress,
  before: ItemRecord,
  worker: string,
): { record: ItemRecord; poisonRow: number | null } {
  const { settledAtClaim = 0, fruitless = 0, ...rest } = before
  const rows = settledRowsOf(address.from, before)
  const died = before.state === 'held' && before.holder !== worker
  const care = fruitless >= ONE_BY_ONE_FROM ? ONE_BY_ONE_FROM : fruitless >= ALONE_FROM ? ALONE_FROM : 0
  let count = died ? (rows.count === settledAtClaim ? fruitless + 1 : care) : fruitless
  let poisonRow: number | null = null
  if (count > ONE_BY_ONE_FROM) {
    // With one row at a time it was the first without an outcome. The later rows stay under suspicion.
    poisonRow = rows.firstOpen(address.from, before.to ?? Infinity)
    count = ONE_BY_ONE_FROM
  }
  const record: ItemRecord = {
    ...rest,
    state: 'held',
    epoch: before.epoch + 1,
    holder: worker,
    ...(rows.count > 0 && { settledAtClaim: rows.count }),
    ...(count > 0 && { fruitless: count }),
  }
  return { record, poisonRow }
}

/** The message is no longer needed. */
async function drop(message: WorkMessage, manifestEnded = false): Promise<Claim> {
  await message.ack()
  return manifestEnded ? { type: 'none', manifestEnded } : NONE
}

/**
 * The record determines when the holder's lease expires. A first delivery is a duplicate of the holder's own message. A later delivery is
 * that message, because the holder is dying or could not extend it: it is delivered again once the lease has expired.
 */
async function leaveToHolder(message: WorkMessage, leftMs: number): Promise<Claim> {
  if (message.deliveries === 1) return drop(message)
  message.nak(Math.max(1, Math.ceil(leftMs)))
  return NONE
}
