import type { FoundClient } from '../clients/client.js'
import { withDataset } from '../dataset/dataset.js'
import type { PlannedWorkload } from '../dataset/workloads.js'
import { BenchError } from '../errors.js'
import { bytes, milliseconds, number } from '../format.js'
import { interleave, type RoundCounts } from '../schedule.js'
import type { CopyContext } from './copy-once.js'
import type { Timeline } from '../report/timeline.js'
import type { LatencySummary } from './read-events.js'
import { measureCopy, type CopyRun, type RunSample } from './run-copy.js'
import { runTimed } from './run-timed.js'
import { toSeries, type Series, type Variant, type WorkloadResult } from './series.js'

/** The variants that take turns over a workload, and how often. */
export interface Measure {
  variants: readonly { variant: Variant; found: FoundClient }[]
  rounds: RoundCounts
  /** One additional run of each variant of the product, with a report, for the percentiles. */
  withLatencies: boolean
}

/** Creates the workload's objects at the source, copies them with the variants in turn, and removes them. */
export async function measureWorkload(
  planned: PlannedWorkload,
  context: Omit<CopyContext, 'dataset'>,
  measure: Measure,
): Promise<WorkloadResult> {
  const { name, summary } = planned.workload
  return withDataset(planned, context, async (dataset) => {
    const series = await takeTurns({ ...context, dataset }, measure)
    return { workload: name, summary, objects: dataset.objects, bytes: dataset.bytes, series }
  })
}

/** Manifests in a user's bucket. */
export interface OwnManifests {
  bucket: string
  prefix: string
  /** Column of the keys, if it must be given. */
  column: string | undefined
}

/** Maximum duration of the first run, s. */
const countingSeconds = 24 * 3600

/**
 * The same for a user's own manifests: a first run, which is not measured, determines how many objects and bytes they name. The source is
 * only read; destinations are the bench's own buckets.
 */
export async function measureOwnManifests(
  { bucket, prefix, column: manifestColumn }: OwnManifests,
  context: Omit<CopyContext, 'dataset'>,
  measure: Measure,
): Promise<WorkloadResult> {
  const named = { bucket, prefix: null, manifestPrefix: prefix, keysFile: null }
  context.session.say(`${prefix}: a first copy, to count`)
  const first = await runTimed({
    ...context,
    found: measure.variants[0]!.found,
    dataset: { ...named, objects: 0, bytes: 0 },
    concurrency: 'controller',
    seconds: countingSeconds,
    manifestColumn,
  })
  if (first.completed === 0) {
    throw new BenchError(
      'LAGOON_BENCH_USAGE',
      `nothing to copy: no manifest under ${prefix} of ${bucket} names an object`,
    )
  }
  const dataset = { ...named, objects: first.completed, bytes: first.bytes }
  const series = await takeTurns({ ...context, dataset }, measure, manifestColumn)
  const { objects } = dataset
  return { workload: prefix, summary: `manifests of ${bucket}`, objects, bytes: dataset.bytes, series }
}

/** Runs the variants in turn over the same dataset: warm-up, measured rounds, then the runs for percentiles. */
async function takeTurns(
  context: CopyContext,
  { variants, rounds, withLatencies }: Measure,
  manifestColumn?: string,
): Promise<Series[]> {
  const samples = variants.map((): RunSample[] => [])
  const timelines = variants.map((): Timeline | null => null)
  const latencies = variants.map((): LatencySummary | null => null)
  const take = async (index: number, round: number, step: string, report = false): Promise<CopyRun> => {
    const { variant, found } = variants[index]!
    const { concurrency } = variant
    const run = await measureCopy({ ...context, found, concurrency, manifestColumn, round, report })
    context.session.step(`${step}  ${variant.label}: ${describe(run.sample)}`)
    return run
  }
  for (const { variant, round } of interleave(variants.length, rounds)) {
    const run = await take(variant, round, round === 0 ? 'warm-up' : `round ${round}/${rounds.measured}`)
    if (round === 0) continue
    samples[variant]!.push(run.sample)
    if (run.sample.failure === null) timelines[variant] = run.timeline
  }
  if (withLatencies) {
    for (const [index, { variant }] of variants.entries()) {
      if (variant.client !== 'lagoon') continue
      const run = await take(index, 0, 'latencies', true)
      if (run.sample.failure === null) latencies[index] = run.latencies
    }
  }
  return variants.map(({ variant }, index) =>
    toSeries(variant, samples[index]!, { latencies: latencies[index]!, timeline: timelines[index]! }),
  )
}

/** The total number of runs, for progress. */
export function countRuns({ variants, rounds, withLatencies }: Measure): number {
  const product = variants.filter(({ variant }) => variant.client === 'lagoon').length
  return variants.length * (rounds.warmUp + rounds.measured) + (withLatencies ? product : 0)
}

function describe(sample: RunSample): string {
  if (sample.failure !== null) return `FAILED, ${sample.failure}`
  const cpu = sample.cpuPerObjectUs === null ? '' : `, ${number(sample.cpuPerObjectUs)} µs CPU an object`
  return `${milliseconds(sample.wallMs)}, ${number(sample.objectsPerSecond)} objects/s, ${bytes(Math.round(sample.bytesPerSecond))}/s${cpu}`
}
