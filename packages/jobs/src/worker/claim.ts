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

/** Fruitless holders from which on an item is worked on alone and with few in flight, and from which on with one. */
const ALONE_FROM = 3
const ONE_BY_ONE_FROM = 5
const ALONE_IN_FLIGHT = 16

/** What became of a message. */
export type Claim =
  | { readonly type: 'claimed'; readonly claimed: Claimed }
  /** The worker has this item in hand already: the message replaces the one it has. */
  | { readonly type: 'mine'; readonly item: string }
  /** The message was stale and was acknowledged, or somebody else has the item. `manifestEnded`: nothing is left of its manifest. */
  | { readonly type: 'none'; readonly manifestEnded: boolean }

interface Open {
  readonly record: ItemRecord
  readonly revision: number
}

const NONE: Claim = { type: 'none', manifestEnded: false }

/**
 * Takes the item that a message hints at, if the records agree. Safe to repeat after a failure: a record that names this worker, which
 * doesn't have it in hand, is a claim whose answer was lost.
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
    // Nothing to do, or somebody created it meanwhile: then that one's message stands for it, or the sweep's.
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
  // Somebody else took it, or its holder is alive after all.
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

/** Rows that are kept of an item when it is to be worked on one by one; the rest is given away. */
export const ONE_BY_ONE_ROWS = ALONE_IN_FLIGHT

/**
 * The record of an item that has none. Of the items that a plan cuts, the plan knows the rows; of rows that were given away, the record of
 * the item that gave them. A message about anything else is stale.
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
    // Something behind it may be done already, if the engine lost records.
    const to = slice.to === null ? null : openRanges(plan, from, slice.to)[1]!
    return newItemRecord(from, to)
  }
  const stored = parent === undefined ? null : await job.records.get(itemKey(parent))
  const child = stored === null ? undefined : decodeItem(stored).children?.find(([start]) => start === from)
  return child === undefined ? null : newItemRecord(from, child[1])
}

/**
 * The record with this worker as the holder. A holder that died without any progress was fruitless. Progress doesn't make an item that is
 * worked on with care innocent again: it was the care that made it. Six fruitless ones give a row up.
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
    // With one at a time it was the first without an outcome. The rows behind it stay under suspicion.
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

/** The message is of no more use. */
async function drop(message: WorkMessage, manifestEnded = false): Promise<Claim> {
  await message.ack()
  return manifestEnded ? { type: 'none', manifestEnded } : NONE
}

/**
 * The holder's lease runs by its record. A first delivery is a duplicate of the holder's own message; a later one is that message, because
 * the holder is dying or couldn't extend it: it comes again when the lease has run out.
 */
async function leaveToHolder(message: WorkMessage, leftMs: number): Promise<Claim> {
  if (message.deliveries === 1) return drop(message)
  message.nak(Math.max(1, Math.ceil(leftMs)))
  return NONE
}
