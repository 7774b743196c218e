import { median, summarize, type Summary } from '../statistics.js'
import type { RequestCounts } from '../stores/store-pair.js'
import type { LatencySummary, Sample, Timeline } from './sample.js'

/** A client at a concurrency: what takes turns with the others. */
export interface Variant {
  label: string
  client: string
  version: string
  concurrency: number | 'controller'
  caveat: string | null
}

/** All measured runs of one variant over one workload, and what they come to. */
export interface Series extends Variant {
  samples: Sample[]
  /** Of the runs that count; a figure that couldn't be had is `null`. */
  medians: {
    wallMs: Summary | null
    cpuPerObjectUs: Summary | null
    peakMemoryBytes: Summary | null
    objectsPerSecond: Summary | null
    bytesPerSecond: Summary | null
  }
  /** Median requests an object at each store. */
  requestsPerObject: { source: number; destination: number } | null
  /** From one more run, with `--report`; the product only. */
  latencies: LatencySummary | null
  /** Of the last measured run; the product only. */
  timeline: Timeline | null
}

/** One workload's part of a result. */
export interface WorkloadResult {
  workload: string
  summary: string
  objects: number
  bytes: number
  series: Series[]
}

export function toSeries(
  variant: Variant,
  samples: readonly Sample[],
  extras: { latencies: LatencySummary | null; timeline: Timeline | null },
): Series {
  const good = goodSamples(samples)
  const over = (figure: (sample: Sample) => number | null): Summary | null =>
    summarize(good.map(figure).filter((value) => value !== null))
  const perObject = (side: 'source' | 'destination'): number =>
    median(good.flatMap((sample) => (sample.requests ? [total(sample.requests[side]) / sample.objects] : [])))
  return {
    ...variant,
    samples: [...samples],
    medians: {
      wallMs: over((sample) => sample.wallMs),
      cpuPerObjectUs: over((sample) => sample.cpuPerObjectUs),
      peakMemoryBytes: over((sample) => sample.peakMemoryBytes),
      objectsPerSecond: over((sample) => sample.objectsPerSecond),
      bytesPerSecond: over((sample) => sample.bytesPerSecond),
    },
    requestsPerObject: good.some((sample) => sample.requests)
      ? { source: perObject('source'), destination: perObject('destination') }
      : null,
    ...extras,
  }
}

/** Those that did all of the work. */
export function goodSamples(samples: readonly Sample[]): Sample[] {
  return samples.filter((sample) => sample.failure === null)
}

function total(counts: RequestCounts): number {
  return Object.values(counts).reduce((sum, count) => sum + count, 0)
}
