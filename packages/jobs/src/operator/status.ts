import { readMeta, type Job } from '../job.js'
import { decodeControl, type ControlRecord } from '../records/control-record.js'
import { addCounts, NO_COUNTS, type Counts } from '../records/counts.js'
import { decodeItem, type ItemRecord, type ReadProblem } from '../records/item-record.js'
import { decode } from '../records/json.js'
import type { MetaRecord } from '../records/meta-record.js'
import { CONTROL, parseItemId } from '../records/names.js'
import {
  decodePlan,
  isSettled,
  openRanges,
  rowsOfPlan,
  planSlicesOf,
  stageOf,
  type PlanRecord,
} from '../records/plan-record.js'

export interface ManifestStatus {
  readonly id: string
  readonly key: string
  readonly etag: string
  readonly scope: string
  /** `finished`: every row has an outcome. `ended`: the rest cannot be read, or was superseded. */
  readonly stage: 'open' | 'finished' | 'ended'
  /** Null until it is known. */
  readonly rows: number | null
  /** Including those of items in progress. */
  readonly counts: Counts
  readonly items: { readonly total: number; readonly done: number; readonly held: number }
  readonly problem?: ReadProblem
  readonly superseded?: boolean
}

/** A worker as it last described itself; see `WorkerOptions.presence`. */
export interface WorkerStatus {
  readonly id: string
  /** Ids of the items that it holds. */
  readonly items: readonly string[]
  readonly paused: boolean
  /** Since it last wrote its record, in ms by the engine's clock. */
  readonly ageMs: number
  /** What it reports about itself. */
  readonly presence: Readonly<Record<string, unknown>>
}

export interface JobStatus {
  readonly job: string
  readonly meta: MetaRecord
  /** Sum over the manifests whose rows are known. */
  readonly rows: number
  readonly counts: Counts
  readonly items: { readonly total: number; readonly done: number; readonly held: number }
  readonly manifests: readonly ManifestStatus[]
  readonly workers: readonly WorkerStatus[]
  readonly control: ControlRecord
}

/** The progress of a job, from one pass over its records; no worker is asked. Sums are exact: each row is counted by one record. */
export async function readStatus(job: Job): Promise<JobStatus> {
  const meta = await readMeta(job)
  const [plans, live, workers, control, now] = await Promise.all([
    readPlans(job),
    readLive(job),
    readWorkers(job),
    job.records.get(CONTROL),
    job.records.time(),
  ])
  const manifests = [...plans].map(([id, plan]) => statusOf(id, plan, live.get(id) ?? []))
  return {
    job: job.job,
    meta,
    rows: manifests.reduce((sum, { rows }) => sum + (rows ?? 0), 0),
    counts: manifests.reduce((sum, { counts }) => addCounts(sum, counts), NO_COUNTS),
    items: {
      total: manifests.reduce((sum, { items }) => sum + items.total, 0),
      done: manifests.reduce((sum, { items }) => sum + items.done, 0),
      held: manifests.reduce((sum, { items }) => sum + items.held, 0),
    },
    manifests,
    workers: workers.map(({ writtenAt, ...worker }) => ({ ...worker, ageMs: Math.max(0, now - writtenAt) })),
    control: decodeControl(control),
  }
}

/** A record of an item: those of finished ones are kept only where they name something. */
export interface LiveItem {
  readonly from: number
  readonly record: ItemRecord
}

export async function readPlans({ records }: Job): Promise<Map<string, PlanRecord>> {
  const plans = new Map<string, PlanRecord>()
  for await (const stored of records.list('plan.>')) {
    plans.set(stored.key.slice('plan.'.length), decodePlan(stored))
  }
  return plans
}

export async function readLive({ records }: Job): Promise<Map<string, LiveItem[]>> {
  const live = new Map<string, LiveItem[]>()
  for await (const stored of records.list('item.>')) {
    const address = parseItemId(stored.key.slice('item.'.length))
    if (address === null) continue
    const item = { from: address.from, record: decodeItem(stored) }
    const known = live.get(address.manifest)
    if (known === undefined) live.set(address.manifest, [item])
    else known.push(item)
  }
  return live
}

async function readWorkers({
  records,
}: Job): Promise<(Omit<WorkerStatus, 'ageMs'> & { writtenAt: number })[]> {
  const workers = []
  for await (const stored of records.list('worker.>')) {
    const { items, paused, ...presence } = decode<{ items: string[]; paused: boolean }>(stored)
    workers.push({
      id: stored.key.slice('worker.'.length),
      items: items ?? [],
      paused: paused === true,
      presence,
      writtenAt: stored.writtenAt,
    })
  }
  return workers
}

function statusOf(id: string, plan: PlanRecord, live: readonly LiveItem[]): ManifestStatus {
  const underWay = live.filter(({ from }) => !isSettled(plan, from))
  let [total, done] = [0, 0]
  const stage = stageOf(plan)
  for (const { from, to } of planSlicesOf(plan)) {
    total += 1
    if (stage !== 'open' || (to !== null && openRanges(plan, from, to).length === 0)) done += 1
  }
  return {
    id,
    key: plan.key,
    etag: plan.etag,
    scope: plan.scope,
    stage,
    rows: rowsOfPlan(plan),
    counts: underWay.reduce((sum, { record }) => addCounts(sum, record.counts), plan.counts),
    items: { total, done, held: underWay.filter(({ record }) => record.state === 'held').length },
    ...(plan.problem !== undefined && { problem: plan.problem }),
    ...(plan.superseded === true && { superseded: true }),
  }
}
