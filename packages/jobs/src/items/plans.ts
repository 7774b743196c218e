import { changeRecord } from '../change-record.js'
import type { Job } from '../job.js'
import { META, planKey } from '../records/names.js'
import { decodePlan, encodePlan, stageOf, type PlanRecord } from '../records/plan-record.js'
import { decodeMeta, type JobState, type MetaRecord } from '../records/meta-record.js'
import { encode } from '../records/json.js'

export async function readPlan(job: Job, manifest: string): Promise<PlanRecord | null> {
  const stored = await job.records.get(planKey(manifest))
  return stored === null ? null : decodePlan(stored)
}

/**
 * Changes a plan by compare-and-set; `change` returns null if nothing is left to do. Returns the plan afterwards, null if there is none.
 */
export async function changePlan(
  job: Job,
  manifest: string,
  change: (plan: PlanRecord) => PlanRecord | null,
): Promise<{ plan: PlanRecord | null; changed: boolean }> {
  const { value, changed } = await changeRecord<PlanRecord>(job, {
    key: planKey(manifest),
    decode: decodePlan,
    encode: encodePlan,
    change: (plan) => (plan === null ? null : change(plan)),
  })
  return { plan: value, changed }
}

export async function changeMeta(
  job: Job,
  change: (meta: MetaRecord) => Partial<MetaRecord> | null,
): Promise<void> {
  await changeRecord<MetaRecord>(job, {
    key: META,
    decode: decodeMeta,
    encode,
    change: (meta) => {
      const next = meta === null ? null : change(meta)
      return next === null ? null : { ...meta!, ...next }
    },
  })
}

/**
 * Ends the job if nothing is left to do; workers call this when they finish a manifest. The plans are read between reading and replacing
 * `meta`, so work that is put back before `meta` is written cannot be overlooked.
 */
export async function endIfOver(job: Job): Promise<JobState> {
  const stored = await job.records.get(META)
  if (stored === null) return 'over'
  const meta = decodeMeta(stored)
  if (meta.state !== 'open') return meta.state
  for await (const plan of job.records.list('plan.>')) {
    if (stageOf(decodePlan(plan)) === 'open') return 'open'
  }
  const written = await job.records.replace(META, encode({ ...meta, state: 'over' }), stored.revision)
  return written === null ? 'open' : 'over'
}
