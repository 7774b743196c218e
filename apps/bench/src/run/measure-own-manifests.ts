import { BenchError } from '../errors.js'
import type { Progress } from '../progress.js'
import type { Session } from '../session.js'
import type { StorePair } from '../stores/store-pair.js'
import { measureVariants, type MeasureOptions } from './measure-variants.js'
import { runTimed } from './run-timed.js'
import type { WorkloadResult } from './series.js'

/** Manifests in a bucket of the user's. */
export interface OwnManifests {
  bucket: string
  prefix: string
  /** Column of the keys, if it has to be told. */
  column?: string
}

/** Longest time that the run which counts may take, s. */
const countingSeconds = 24 * 3600

/**
 * The same for manifests of the user's own: a first run, which is not measured, tells how many objects and bytes they
 * name. The source is only read; destinations are buckets of the bench's own.
 */
export async function measureOwnManifests(
  manifests: OwnManifests,
  context: { session: Session; pair: StorePair; progress: Progress },
  measure: Pick<MeasureOptions, 'variants' | 'rounds' | 'withLatencies'>,
): Promise<WorkloadResult> {
  const { session, pair, progress } = context
  const { bucket, prefix, column } = manifests
  const place = { bucket, prefix: null, manifestPrefix: prefix, keysFile: null, remove: async () => {} }
  const shared = {
    pair,
    directory: session.directory,
    signal: session.signal,
    ...(column === undefined ? {} : { manifestColumn: column }),
  }
  progress.say(`${prefix}: a first copy, to count`)
  const first = await runTimed({
    ...shared,
    found: measure.variants[0]!.found,
    lake: { ...place, objects: 0, bytes: 0 },
    concurrency: 'controller',
    seconds: countingSeconds,
    report: false,
  })
  if (first.completed === 0) {
    throw new BenchError(
      'LAGOON_BENCH_USAGE',
      `nothing to copy: no manifest under ${prefix} of ${bucket} names an object`,
    )
  }
  const lake = { ...place, objects: first.completed, bytes: first.bytes }
  const series = await measureVariants({ ...shared, ...measure, lake, progress })
  return {
    workload: prefix,
    summary: `manifests of ${bucket}`,
    objects: lake.objects,
    bytes: lake.bytes,
    series,
  }
}
