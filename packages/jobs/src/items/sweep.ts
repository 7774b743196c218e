import type { Job } from '../job.js'
import { decodeItem, newItemRecord } from '../records/item-record.js'
import { itemId, parseItemId } from '../records/names.js'
import {
  decodePlan,
  isSettled,
  openRanges,
  planSlicesOf,
  stageOf,
  type PlanRecord,
  type Slice,
} from '../records/plan-record.js'
import { createItem, publishHint } from './create-item.js'
import { completeRetry } from './retry-item.js'
import { rollUp, type StoredItem } from './roll-up.js'

interface Found extends StoredItem {
  readonly writtenAt: number
}

/**
 * Compares the remaining work with the messages that can still be delivered, and publishes what is missing. Also completes what a dead
 * worker left half done: sums that were not added, rows that were put back, rows that were split off. Extra messages are harmless.
 *
 * @returns how many messages were published
 */
export async function sweep(job: Job): Promise<number> {
  const plans = new Map<string, PlanRecord>()
  for await (const stored of job.records.list('plan.>')) {
    plans.set(stored.key.slice('plan.'.length), decodePlan(stored))
  }
  const items = await itemsByManifest(job)
  await settleLeftovers(job, plans, items)
  const now = await job.records.time()
  const unfinished: { id: string; stale: boolean }[] = []
  for (const [manifest, plan] of plans) {
    if (stageOf(plan) !== 'open') continue
    const known = items.get(manifest) ?? []
    for (const { address, record, writtenAt } of known) {
      if (record.state !== 'open' && record.state !== 'held') continue
      const stale = record.state === 'open' || now - writtenAt >= job.leaseMs
      unfinished.push({ id: itemId(address), stale })
    }
    for (const id of await itemsWithoutRecord(job, manifest, plan, known))
      unfinished.push({ id, stale: true })
  }
  const { messages, pending, unacknowledged } = await job.queue.counts()
  // Messages that reached a delivery limit are stored but never delivered.
  if (Math.min(messages, pending + unacknowledged) >= unfinished.length) return 0
  const missing = unfinished.filter(({ stale }) => stale)
  for (const { id } of missing) await publishHint(job, { item: id })
  return missing.length
}

async function itemsByManifest(job: Job): Promise<Map<string, Found[]>> {
  const items = new Map<string, Found[]>()
  for await (const stored of job.records.list('item.>')) {
    const address = parseItemId(stored.key.slice('item.'.length))
    if (address === null) continue
    const found = {
      address,
      record: decodeItem(stored),
      revision: stored.revision,
      writtenAt: stored.writtenAt,
    }
    const known = items.get(address.manifest)
    if (known === undefined) items.set(address.manifest, [found])
    else known.push(found)
  }
  return items
}

/** What a dead worker left half done. */
async function settleLeftovers(
  job: Job,
  plans: ReadonlyMap<string, PlanRecord>,
  items: ReadonlyMap<string, readonly Found[]>,
): Promise<void> {
  for (const [manifest, known] of items) {
    const plan = plans.get(manifest)
    for (const item of known) {
      const { state } = item.record
      if (state === 'retry') await completeRetry(job, item.address)
      else if (plan === undefined || isSettled(plan, item.address.from)) continue
      else if (state === 'done' || state === 'unreadable') await rollUp(job, item)
    }
  }
}

/**
 * Items of a plan that no worker has claimed, and rows whose record the engine lost. Where the rows differ from the plan's slices, a record
 * says how far they reach.
 */
async function itemsWithoutRecord(
  job: Job,
  manifest: string,
  plan: PlanRecord,
  known: readonly Found[],
): Promise<string[]> {
  const ids: string[] = []
  const sorted = [...known].sort((a, b) => a.address.from - b.address.from)
  let next = 0
  for (const slice of planSlicesOf(plan)) {
    const address = { manifest, rowGroup: slice.rowGroup, from: slice.from }
    if (slice.to === null) {
      if (known.length === 0) ids.push(itemId(address))
      continue
    }
    const within: Found[] = []
    while (next < sorted.length && sorted[next]!.address.from < slice.to) within.push(sorted[next++]!)
    for (const [from, to] of gapsBetween(plan, slice.from, slice.to, within)) {
      const gap = { ...address, from }
      if (from !== slice.from || to !== slice.to) await createItem(job, gap, newItemRecord(from, to))
      ids.push(itemId(gap))
    }
  }
  return ids
}

/** Open ranges of a slice that no record covers. Rows that were split off but have no record yet belong to the record that names them. */
function gapsBetween(
  plan: PlanRecord,
  from: number,
  to: Exclude<Slice['to'], null>,
  records: readonly Found[],
): [number, number][] {
  const taken = records.flatMap(({ address, record }) => [
    [address.from, record.to ?? to] as const,
    ...(record.children ?? []),
  ])
  const gaps: [number, number][] = []
  const open = openRanges(plan, from, to)
  for (let i = 0; i < open.length; i += 2) {
    let cursor = open[i]!
    const end = open[i + 1]!
    for (const [start, stop] of taken.sort((a, b) => a[0] - b[0])) {
      if (stop <= cursor || start >= end) continue
      if (start > cursor) gaps.push([cursor, start])
      cursor = Math.max(cursor, stop)
    }
    if (cursor < end) gaps.push([cursor, end])
  }
  return gaps
}
