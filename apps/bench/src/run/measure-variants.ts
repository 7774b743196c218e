import type { FoundClient } from '../clients/client.js'
import type { Lake } from '../data/lake.js'
import { bytes, milliseconds, number } from '../format.js'
import type { Progress } from '../progress.js'
import { interleave } from '../schedule.js'
import type { StorePair } from '../stores/store-pair.js'
import { runCopy, type CopyRun } from './run-copy.js'
import type { LatencySummary, Sample, Timeline } from './sample.js'
import { toSeries, type Series, type Variant } from './series.js'

export interface MeasureOptions {
  variants: readonly { variant: Variant; found: FoundClient }[]
  lake: Lake
  pair: StorePair
  rounds: { warmUp: number; measured: number }
  /** One more run of each variant of the product, with a report, for the percentiles. */
  withLatencies: boolean
  directory: string
  progress: Progress
  manifestColumn?: string
  signal?: AbortSignal
}

/** Lets the variants take turns over the same lake: warm-up, measured rounds, then the runs for percentiles. */
export async function measureVariants(options: MeasureOptions): Promise<Series[]> {
  const { variants, rounds, progress } = options
  const samples = variants.map((): Sample[] => [])
  const timelines = variants.map((): Timeline | null => null)
  const latencies = variants.map((): LatencySummary | null => null)

  const take = async (index: number, round: number, step: string, report = false): Promise<CopyRun> => {
    const { variant, found } = variants[index]!
    const run = await runCopy({ ...options, found, concurrency: variant.concurrency, round, report })
    progress.step(`${step}  ${variant.label}: ${describe(run.sample)}`)
    return run
  }

  for (const { variant, round } of interleave(variants.length, rounds)) {
    const run = await take(variant, round, round === 0 ? 'warm-up' : `round ${round}/${rounds.measured}`)
    if (round === 0) continue
    samples[variant]!.push(run.sample)
    if (run.sample.failure === null) timelines[variant] = run.timeline
  }
  if (options.withLatencies) {
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

/** How many runs the options ask for: what progress counts up to. */
export function countRuns(options: {
  variants: readonly { variant: Pick<Variant, 'client'> }[]
  rounds: { warmUp: number; measured: number }
  withLatencies: boolean
}): number {
  const { variants, rounds, withLatencies } = options
  const product = variants.filter(({ variant }) => variant.client === 'lagoon').length
  return variants.length * (rounds.warmUp + rounds.measured) + (withLatencies ? product : 0)
}

function describe(sample: Sample): string {
  if (sample.failure !== null) return `FAILED, ${sample.failure}`
  const cpu = sample.cpuPerObjectUs === null ? '' : `, ${number(sample.cpuPerObjectUs)} µs CPU an object`
  return `${milliseconds(sample.wallMs)}, ${number(sample.objectsPerSecond)} objects/s, ${bytes(Math.round(sample.bytesPerSecond))}/s${cpu}`
}
