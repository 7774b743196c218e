import { join } from 'node:path'
import { makeLake } from '../data/lake.js'
import { bytes, number } from '../format.js'
import type { Progress } from '../progress.js'
import type { Session } from '../session.js'
import type { StorePair } from '../stores/store-pair.js'
import { measureVariants, type MeasureOptions } from './measure-variants.js'
import type { PlannedWorkload } from './plan.js'
import type { WorkloadResult } from './series.js'

/** Makes the workload's objects at the source, lets the variants copy them in turn, and removes them. */
export async function measureWorkload(
  planned: PlannedWorkload,
  context: { session: Session; pair: StorePair; progress: Progress },
  measure: Pick<MeasureOptions, 'variants' | 'rounds' | 'withLatencies'>,
): Promise<WorkloadResult> {
  const { workload, objects, seed } = planned
  const { session, pair, progress } = context
  progress.say(`${workload.name}: making ${number(objects)} objects, ${bytes(planned.bytes)}`)
  const lake = await makeLake({
    access: pair.source,
    workload,
    objects,
    seed,
    directory: join(session.directory, workload.name),
    signal: session.signal,
  })
  try {
    const series = await measureVariants({
      ...measure,
      lake,
      pair,
      directory: session.directory,
      progress,
      signal: session.signal,
    })
    return { workload: workload.name, summary: workload.summary, objects, bytes: lake.bytes, series }
  } finally {
    // Where the bench started the stores, they go altogether.
    if (!session.signal.aborted || pair.kind === 'environment') await lake.remove()
  }
}
