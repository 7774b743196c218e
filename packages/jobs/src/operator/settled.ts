import type { Job } from '../job.js'
import { addCounts, type Counts } from '../records/counts.js'
import { includes, overlapOf } from '../records/intervals.js'
import { settledRowsOf, type ReadProblem } from '../records/item-record.js'
import { groupOf, isSettled, stageOf, type PlanRecord } from '../records/plan-record.js'
import { readLive, readPlans, type LiveItem } from './status.js'

/** Which rows of a planned manifest have an outcome. Row numbers count from the start of the manifest. */
export interface SettledManifest {
  readonly stage: 'open' | 'finished' | 'ended'
  /** How those rows ended. */
  readonly counts: Counts
  /** Why the manifest, or a part of it, could not be read. */
  readonly problem?: ReadProblem
  isSettled(row: number): boolean
  /** True when every row of the row group has an outcome, so that it needs not be read. */
  isRowGroupSettled(rowGroup: number): boolean
}

/** What a job has done, by the ids of its manifests (see `manifestId`): one pass over its records, which changes nothing. */
export async function readSettled(job: Job): Promise<Map<string, SettledManifest>> {
  const [plans, live] = await Promise.all([readPlans(job), readLive(job)])
  return new Map([...plans].map(([id, plan]) => [id, settledOf(plan, live.get(id) ?? [])]))
}

function settledOf(plan: PlanRecord, live: readonly LiveItem[]): SettledManifest {
  const underWay = live
    .filter(({ from }) => !isSettled(plan, from))
    .map(({ from, record }) => ({ record, rows: settledRowsOf(from, record) }))
  return {
    stage: stageOf(plan),
    counts: underWay.reduce((sum, { record }) => addCounts(sum, record.counts), plan.counts),
    ...(plan.problem !== undefined && { problem: plan.problem }),
    isSettled: (row) => includes(plan.done, row) || underWay.some(({ rows }) => rows.has(row)),
    isRowGroupSettled(rowGroup) {
      const { start = 0, rows = null } = groupOf(plan, rowGroup) ?? {}
      return rows !== null && overlapOf(plan.done, start, start + rows) === rows
    },
  }
}
