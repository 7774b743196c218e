import { inflateRawSync } from 'node:zlib'
import { damaged } from '../errors.js'
import { completeRetry } from '../items/retry-item.js'
import { changeMeta, readPlan } from '../items/plans.js'
import type { Job } from '../job.js'
import { addCounts, NO_COUNTS, rowsOf } from '../records/counts.js'
import { decodeItem, encodeItem, settledRowsOf, type ItemRecord } from '../records/item-record.js'
import { failureKey, itemId, itemKey, parseItemId, type ItemAddress } from '../records/names.js'
import type { PlanRecord } from '../records/plan-record.js'
import { FailureChunks, type FailedRow } from '../worker/failure-chunks.js'
import type { HeldItem } from '../worker/held-item.js'

/** A row without a complete object. */
export interface JobFailure extends FailedRow {
  readonly manifest: HeldItem['manifest']
  readonly rowGroup: number
}

/** All failures that count, manifest by manifest. */
export async function* readFailures(job: Job): AsyncIterable<JobFailure> {
  for await (const { address, record, plan } of itemsWithFailures(job)) {
    yield* failuresOf(job, address, record, plan)
  }
}

/**
 * Puts failed rows, and manifests that could not be read, back so that workers retry them. Items that a worker holds are left alone.
 *
 * @param select which failures to put back; default all
 * @returns how many rows, and how many unreadable items
 */
export async function retryFailures(
  job: Job,
  select: (failure: JobFailure) => boolean = () => true,
): Promise<{ rows: number; unreadable: number }> {
  let [rows, unreadable] = [0, 0]
  for await (const { address, record, revision, plan } of itemsWithFailures(job)) {
    if (record.state === 'retry') {
      // An operator was interrupted while putting it back.
      await completeRetry(job, address)
      if (record.previous === undefined) unreadable += 1
      else rows += rowsOf(record.previous) - rowsOf(record.counts)
    } else if (record.state === 'unreadable') {
      const { problem: _, holder: __, ...rest } = record
      if (await putBack(job, address, revision, { ...rest, state: 'retry', epoch: record.epoch + 1 }))
        unreadable += 1
    } else if (record.state === 'done' || record.state === 'open') {
      rows += await retryRows(job, { address, record, revision, plan }, select)
    }
  }
  // Last, so that a worker that is checking whether the job is over cannot overlook what was put back.
  if (rows + unreadable > 0) await changeMeta(job, reopen)
  return { rows, unreadable }
}

interface FailedItem {
  readonly address: ItemAddress
  readonly record: ItemRecord
  readonly revision: number
  readonly plan: PlanRecord
}

async function* itemsWithFailures(job: Job): AsyncIterable<FailedItem> {
  const plans = new Map<string, PlanRecord | null>()
  for await (const stored of job.records.list('item.>')) {
    const address = parseItemId(stored.key.slice('item.'.length))
    if (address === null) continue
    const record = decodeItem(stored)
    if (record.failures === undefined && record.state !== 'unreadable' && record.state !== 'retry') continue
    if (!plans.has(address.manifest)) plans.set(address.manifest, await readPlan(job, address.manifest))
    const plan = plans.get(address.manifest)
    if (plan == null || plan.superseded === true) continue
    yield { address, record, revision: stored.revision, plan }
  }
}

async function* failuresOf(
  job: Job,
  address: ItemAddress,
  { failures = [] }: ItemRecord,
  { key, etag, scope }: PlanRecord,
): AsyncIterable<JobFailure> {
  const manifest = { id: address.manifest, key, etag, scope }
  for (const [epoch, lines] of failures) {
    let left = lines
    for (let chunk = 0; left > 0; chunk += 1) {
      const name = failureKey(itemId(address), epoch, chunk)
      const stored = await job.records.get(name)
      if (stored === null) throw damaged(name)
      for (const line of inflateRawSync(stored.value).toString('utf8').trimEnd().split('\n')) {
        if (left === 0) break
        left -= 1
        yield { ...(JSON.parse(line) as FailedRow), manifest, rowGroup: address.rowGroup }
      }
    }
  }
}

async function retryRows(
  job: Job,
  { address, record, revision, plan }: FailedItem,
  select: (failure: JobFailure) => boolean,
): Promise<number> {
  const epoch = record.epoch + 1
  const kept = new FailureChunks(job.records, itemId(address), epoch)
  const selected: number[] = []
  let counts = record.counts
  for await (const failure of failuresOf(job, address, record, plan)) {
    const { row, outcome, failure: note } = failure
    if (select(failure)) {
      selected.push(row)
      counts = addCounts(counts, { ...NO_COUNTS, [outcome]: 1 }, -1)
    } else kept.add({ row, outcome, failure: note })
  }
  if (selected.length === 0) return 0
  await kept.flush()
  const rows = settledRowsOf(address.from, record)
  rows.remove(selected)
  const window = rows.toWindow()
  const { failures: _, window: __, holder: ___, fruitless: ____, settledAtClaim: _____, ...rest } = record
  const next: ItemRecord = {
    ...rest,
    through: rows.through,
    ...(window !== undefined && { window }),
    counts,
    epoch,
    ...(kept.count > 0 && { failures: [[epoch, kept.count] as const] }),
    // The plan does not count an item in progress yet.
    ...(record.state === 'done' ? { state: 'retry' as const, previous: record.counts } : {}),
  }
  return (await putBack(job, address, revision, next)) ? selected.length : 0
}

async function putBack(
  job: Job,
  address: ItemAddress,
  revision: number,
  record: ItemRecord,
): Promise<boolean> {
  const written = await job.records.replace(itemKey(itemId(address)), encodeItem(record), revision)
  if (written === null) return false
  await completeRetry(job, address)
  return true
}

function reopen({ state, round }: { state: string; round: number }): {
  state: 'open' | 'planning'
  round: number
} {
  return { state: state === 'planning' ? 'planning' : 'open', round: round + 1 }
}
