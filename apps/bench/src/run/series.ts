import type { Concurrency } from '../clients/client.js'
import { median, pairedRatio, summarize, type PairedRatio, type Rounds, type Summary } from '../statistics.js'
import type { RequestCounts, Sides } from '../stores/store-pair.js'
import type { Timeline } from '../report/timeline.js'
import type { LatencySummary } from './read-events.js'
import type { RunSample } from './run-copy.js'

/** A client at a concurrency, which takes turns with the others. */
export interface Variant {
  label: string
  client: string
  version: string
  concurrency: Concurrency
}

export type Figure = 'wallMs' | 'cpuPerObjectUs' | 'peakMemoryBytes' | 'objectsPerSecond' | 'bytesPerSecond'

/** All measured runs of one variant over one workload, and their statistics. */
export interface Series extends Variant {
  samples: RunSample[]
  /** Of the runs that count; a figure that could not be measured is `null`. */
  medians: Record<Figure, Summary | null>
  /** Median requests per object at each store. */
  requestsPerObject: Sides<number> | null
  /** From one additional run with `--report`; the product only. */
  latencies: LatencySummary | null
  /** Of the last measured run; the product only. */
  timeline: Timeline | null
}

/** The result of one workload. */
export interface WorkloadResult {
  workload: string
  summary: string
  objects: number
  bytes: number
  series: Series[]
}

/** The result of `throughput` and `compare`. */
export interface CopyFindings {
  workloads: WorkloadResult[]
  /** What a reader must know about the figures: missing peers, failed runs. */
  notes: string[]
}

export function toSeries(
  variant: Variant,
  samples: readonly RunSample[],
  extras: Pick<Series, 'latencies' | 'timeline'>,
): Series {
  const good = goodSamples(samples)
  const over = (figure: Figure): Summary | null => summarize(good.map((sample) => sample[figure]))
  const perObject = (side: keyof Sides<number>): number =>
    median(good.flatMap(({ requests, objects }) => (requests ? [total(requests[side]) / objects] : [])))
  return {
    ...variant,
    samples: [...samples],
    medians: {
      wallMs: over('wallMs'),
      cpuPerObjectUs: over('cpuPerObjectUs'),
      peakMemoryBytes: over('peakMemoryBytes'),
      objectsPerSecond: over('objectsPerSecond'),
      bytesPerSecond: over('bytesPerSecond'),
    },
    requestsPerObject: good.some((sample) => sample.requests)
      ? { source: perObject('source'), destination: perObject('destination') }
      : null,
    ...extras,
  }
}

/** Those that did all of the work. */
export function goodSamples(samples: readonly RunSample[]): RunSample[] {
  return samples.filter((sample) => sample.failure === null)
}

/** The ratio of two series by a figure of their samples; `null` if there is nothing to compare. */
export function compareSeries(ours: Series, theirs: Series, figure: Figure): PairedRatio | null {
  const rounds = ({ samples }: Series): Rounds =>
    goodSamples(samples).flatMap(({ round, [figure]: value }) =>
      value === null ? [] : [[round, value] as const],
    )
  return pairedRatio(rounds(ours), rounds(theirs))
}

/** A line for each variant with incomplete runs: how many, and the reason of the first. */
export function failureNotes(workloads: readonly WorkloadResult[]): string[] {
  return workloads.flatMap(({ workload, series }) =>
    series.flatMap(({ label, samples }) => {
      const failed = samples.filter((sample) => sample.failure !== null)
      if (failed.length === 0) return []
      const left = `${failed.length} of ${samples.length} runs don't count`
      return [`${workload}, ${label}: ${left}; the first ${failed[0]!.failure}`]
    }),
  )
}

function total(counts: RequestCounts): number {
  return Object.values(counts).reduce((sum, count) => sum + count, 0)
}
