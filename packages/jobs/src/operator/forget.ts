import { changeMeta } from '../items/plans.js'
import type { Job } from '../job.js'
import { planKey } from '../records/names.js'

/**
 * Forgets everything about a manifest, so that it is planned and copied from the start. A worker that holds items of it loses them at its
 * next checkpoint.
 *
 * @returns false if the job does not know the manifest
 */
export async function forgetManifest(job: Job, manifest: string): Promise<boolean> {
  const { records } = job
  if ((await records.get(planKey(manifest))) === null) return false
  // The plan first: without it no item of the manifest can be claimed or added up.
  await records.delete(planKey(manifest))
  for (const kind of ['item', 'fail']) {
    for await (const { key } of records.list(`${kind}.${manifest}.>`)) await records.delete(key)
  }
  await changeMeta(job, ({ round }) => ({ state: 'planning', round: round + 1 }))
  return true
}
