import type { Job } from '../job.js'
import type { ItemRecord } from '../records/item-record.js'
import type { ItemAddress } from '../records/names.js'
import type { PlanRecord } from '../records/plan-record.js'
import type { SettledRows } from '../records/settled-rows.js'
import type { HeldItem } from './held-item.js'
import type { ItemWriter } from './item-writer.js'
import type { ResolvedWorkerOptions } from './options.js'
import type { EngineOutage } from './outage.js'

/** The worker, as its items see it. */
export interface HoldingContext {
  readonly job: Job
  readonly options: ResolvedWorkerOptions
  readonly outage: EngineOutage
  readonly paused: boolean
  readonly stopping: boolean
  /** True if the worker holds only this item. */
  isAlone(item: HeldItem): boolean
  /** The worker no longer holds the item. */
  ended(item: HeldItem, how: 'done' | 'released' | 'lost', manifestEnded: boolean): void
  /** The worker can't continue. */
  fail(error: unknown): void
}

/** The result of a claim. */
export interface Claimed {
  readonly address: ItemAddress
  readonly plan: PlanRecord
  readonly groupStart: number
  readonly record: ItemRecord
  readonly rows: SettledRows
  readonly writer: ItemWriter
  readonly maxInFlight: number
  readonly poisonRow: number | null
}
