import type { Shape } from '@lagoon/s3-sandbox'
import { milliseconds, number, percent, times } from '../format.js'
import type { Report, Section } from '../report/report.js'
import { bars, table } from '../report/sections.js'
import { median, summarize } from '../statistics.js'
import type { WorkersSample } from './run-workers.js'
import type { SceneName } from './scenes.js'

/** What `scale-out` measured. One sample per round. */
export interface ScaleOutFindings {
  /** Objects in flight at which both stores are just busy; null without a knee. */
  readonly knee: number | null
  readonly series: { readonly workers: number; readonly samples: WorkersSample[] }[]
  readonly scenes: {
    readonly name: SceneName
    readonly title: string
    readonly samples: WorkersSample[]
    /** Time taken ÷ ideal time, by the rate of one worker in the same round; empty where there is no ideal. */
    readonly ofIdeal: number[]
  }[]
  /** The same objects copied by one worker with a queue and by one process with a state of its own; null where not asked for. */
  readonly processor: { readonly queue: TwoSizes[]; readonly alone: TwoSizes[] } | null
}

/** A run, and one of twice as many objects: what these cost is free of the start of the process. */
export type TwoSizes = readonly [once: WorkersSample, twice: WorkersSample]

/**
 * Objects in flight at the knee of two shaped stores. Each object is a GET and a PUT; of a request's time the latency takes up no place, so
 * that by Little's law each store is just busy with `concurrency * (1 + latency / service)` requests.
 */
export function kneeOf({ knee, latencyMs = 0 }: Shape): number | null {
  const serviceMs = knee?.serviceMs ?? 0
  if (knee === undefined || typeof serviceMs !== 'number' || typeof latencyMs !== 'number') return null
  return 2 * knee.concurrency * (serviceMs === 0 ? 1 : 1 + latencyMs / serviceMs)
}

export function scaleOutReport({ knee, series, scenes, processor }: ScaleOutFindings): Report {
  const first = series[0]!
  const shared = knee !== null
  const ratio = (samples: readonly WorkersSample[], rate: (sample: WorkersSample) => number | null): number =>
    median(
      samples.flatMap((sample, round) => {
        const [ours, theirs] = [rate(sample), rate(first.samples[round]!)]
        return ours === null || theirs === null ? [] : [ours / theirs]
      }),
    )
  const share = engineShare(processor)
  const findings = [
    ...series
      .slice(1)
      .map(
        ({ workers, samples }) =>
          `${workers} workers copy ${times(ratio(samples, rateOf))} as many objects per second as ${first.workers}`,
      ),
    ...scenes.map(({ title, samples, ofIdeal }) =>
      ofIdeal.length === 0
        ? `${title}: its rows are in other hands after ${milliseconds(median(resumesOf(samples)))}`
        : `${title}: ${times(median(ofIdeal))} the ideal time`,
    ),
    ...(share === null ? [] : [`the queue takes ${percent(share)} of a worker's processor time`]),
  ]
  const sections: Section[] = [
    table('Workers', series, {
      workers: ({ workers }) => String(workers),
      'objects/s': ({ samples }) => number(median(samples.map(rateOf))),
      spread: ({ samples }) => percent(summarize(samples.map(rateOf))?.spread),
      [`× ${first.workers}`]: ({ samples }) => times(ratio(samples, rateOf)),
      ...(shared
        ? {}
        : {
            'of ideal': ({ workers, samples }) => percent((ratio(samples, rateOf) * first.workers) / workers),
          }),
      'settled objects/s': ({ samples }) => number(settled(samples, (one) => one.objectsPerSecond)),
      [`settled × ${first.workers}`]: ({ samples }) =>
        times(ratio(samples, (sample) => sample.settled?.objectsPerSecond ?? null)),
      'in flight': ({ samples }) => number(settled(samples, (one) => one.inFlight)),
      ...(knee === null
        ? {}
        : {
            'in flight ÷ knee': ({ samples }) =>
              times((settled(samples, (one) => one.inFlight) ?? Number.NaN) / knee),
          }),
      Jain: ({ samples }) => decimals(settled(samples, ({ jain }) => jain)),
    }),
    bars(
      'Objects per second',
      'higher',
      series.map(({ workers, samples }) => ({
        label: `${workers} workers`,
        values: samples.map(rateOf),
        own: true,
      })),
      number,
    ),
  ]
  if (scenes.length > 0)
    sections.push(
      table('When something happens', scenes, {
        what: ({ title }) => title,
        'objects/s': ({ samples }) => number(median(samples.map(rateOf))),
        'of the ideal time': ({ ofIdeal }) => times(median(ofIdeal)),
        'resumed after': ({ samples }) => milliseconds(median(resumesOf(samples))),
      }),
    )
  if (processor !== null)
    sections.push(
      table(
        'Processor time of an object',
        [
          { what: 'one worker with a queue', samples: processor.queue },
          { what: 'one process with a state of its own', samples: processor.alone },
        ],
        {
          what: ({ what }) => what,
          'CPU µs': ({ samples }) => number(median(samples.map(cpuOf))),
          spread: ({ samples }) => percent(summarize(samples.map(cpuOf))?.spread),
          'once, with the start': ({ samples }) =>
            milliseconds(median(samples.map(([once]) => once.cpuMs ?? Number.NaN))),
        },
      ),
    )
  return {
    title: 'One job on several workers',
    headline: `${findings.join('; ')}.`,
    spread: Math.max(...series.map(({ samples }) => summarize(samples.map(rateOf))?.spread ?? 0)),
    ...(knee === null ? {} : { facts: [['Knee', `${number(knee)} objects in flight`]] }),
    sections,
  }
}

const rateOf = ({ objectsPerSecond }: WorkersSample): number => objectsPerSecond
const cpuOf = ([once, twice]: TwoSizes): number =>
  (((twice.cpuMs ?? Number.NaN) - (once.cpuMs ?? Number.NaN)) * 1000) / (twice.objects - once.objects)
const decimals = (value: number | null): string => (value === null ? '–' : value.toFixed(3))

function settled(
  samples: readonly WorkersSample[],
  figure: (settled: NonNullable<WorkersSample['settled']>) => number,
): number | null {
  return (
    summarize(samples.map((sample) => (sample.settled === null ? null : figure(sample.settled))))?.median ??
    null
  )
}

function resumesOf(samples: readonly WorkersSample[]): number[] {
  return samples.flatMap(({ resumedAfterMs }) => (resumedAfterMs === null ? [] : [resumedAfterMs]))
}

/** Processor time that a queue adds, of all that a worker with one takes: the median over the rounds; null where it was not measured. */
export function engineShare(processor: ScaleOutFindings['processor']): number | null {
  if (processor === null) return null
  const { queue, alone } = processor
  return median(queue.map((sample, round) => 1 - cpuOf(alone[round]!) / cpuOf(sample)))
}
