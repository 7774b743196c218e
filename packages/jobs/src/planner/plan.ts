import { invalidOption } from '../errors.js'
import { changeMeta, changePlan, readPlan } from '../items/plans.js'
import { publishHint } from '../items/create-item.js'
import type { Job } from '../job.js'
import type { ReadProblem } from '../records/item-record.js'
import { itemId, manifestId, planKey } from '../records/names.js'
import {
  decodePlan,
  encodePlan,
  newPlan,
  openRanges,
  planSlicesOf,
  type PlanRecord,
} from '../records/plan-record.js'
import { cutRowGroups } from './slices.js'

const PUBLISHED_AT_ONCE = 64

/** A manifest whose rows are to be copied. */
export interface ManifestToPlan {
  readonly key: string
  /** Version of the manifest, without quotes. A new version is a new manifest that supersedes the old one. */
  readonly etag: string
  /** What is read of it: columns, filters. Part of its identity; default empty. */
  readonly scope?: string
  /** Rows of each row group, in order; null if only reading reveals them: then the manifest is one item. */
  readonly rowGroups: readonly number[] | null
  /** Why it cannot be read: it is recorded as a failed manifest. */
  readonly problem?: ReadProblem
}

export interface PlanOptions {
  /** Rows of an item, 1 to 65,536; see `itemRowsFor`. */
  readonly itemRows: number
  readonly signal?: AbortSignal
}

export interface Planned {
  /** `planned`: new to the job. `known`: planned before. */
  readonly manifest: string
  readonly outcome: 'planned' | 'known'
  readonly items: number
}

/**
 * Adds a manifest to the job: one record, then a message for each item. Adding it again, by two planners concurrently, or after a stop at
 * any step, creates the same items; duplicate messages are harmless.
 */
export async function planManifest(
  job: Job,
  manifest: ManifestToPlan,
  { itemRows, signal }: PlanOptions,
): Promise<Planned> {
  if (!Number.isInteger(itemRows) || itemRows < 1 || itemRows > 65_536) {
    throw invalidOption('itemRows', 'a whole number from 1 to 65,536')
  }
  const { key, etag, scope = '', rowGroups, problem } = manifest
  const id = manifestId({ key, etag, scope })
  const runs = rowGroups === null ? null : cutRowGroups(rowGroups, itemRows)
  const plan = newPlan({ key, etag, scope, runs, ...(problem !== undefined && { problem }) })
  const created = await job.records.create(planKey(id), encodePlan(plan))
  // An existing plan defines the slices, whatever this planner would have chosen.
  const valid = created === null ? await readPlan(job, id) : plan
  const slices = valid === null ? [] : [...planSlicesOf(valid)]
  for (let first = 0; first < slices.length; first += PUBLISHED_AT_ONCE) {
    signal?.throwIfAborted()
    const open = slices.slice(first, first + PUBLISHED_AT_ONCE).filter(({ from, to }) => {
      return to === null ? valid!.rowsRead === undefined : openRanges(valid!, from, to).length > 0
    })
    await Promise.all(
      open.map(({ rowGroup, from }) =>
        publishHint(job, { item: itemId({ manifest: id, rowGroup, from }) }, { once: true }),
      ),
    )
  }
  return { manifest: id, outcome: created === null ? 'known' : 'planned', items: slices.length }
}

/**
 * Declares all manifests planned: the job is over when they are done. With `more`, others may follow.
 */
export async function endPlanning(job: Job, { more = false }: { more?: boolean } = {}): Promise<void> {
  await changeMeta(job, ({ state }) => {
    const next = more ? 'planning' : 'open'
    return state === next || (state === 'over' && !more) ? null : { state: next }
  })
}

/**
 * Marks earlier versions of a manifest as superseded: their unclaimed items are dropped, and the job does not wait for them.
 *
 * @param current id of the version that superseded them
 * @returns how many were marked
 */
export async function supersedeOthers(
  job: Job,
  manifest: Pick<ManifestToPlan, 'key' | 'scope'>,
  current: string,
): Promise<number> {
  const { key, scope = '' } = manifest
  let superseded = 0
  for await (const stored of job.records.list('plan.>')) {
    const id = stored.key.slice('plan.'.length)
    const plan: PlanRecord = decodePlan(stored)
    if (id === current || plan.key !== key || plan.scope !== scope || plan.superseded === true) continue
    const { changed } = await changePlan(job, id, (present) =>
      present.superseded === true ? null : { ...present, superseded: true },
    )
    if (changed) superseded += 1
  }
  return superseded
}
