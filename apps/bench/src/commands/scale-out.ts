import { provideNats } from '@lagoon/testkit'
import { defineCommand } from '../cli/command.js'
import { readStores, storeOptions } from '../cli/copy-options.js'
import { choice, count, counts } from '../cli/options.js'
import { withDataset } from '../dataset/dataset.js'
import { bytesNeeded, planWorkloads, workloadNames } from '../dataset/workloads.js'
import type { Measured } from '../environment.js'
import { BenchError } from '../errors.js'
import { number, percent, times } from '../format.js'
import { runWorkers, type WorkersSample } from '../queue/run-workers.js'
import { bars, table } from '../report/sections.js'
import { median, summarize } from '../statistics.js'
import { openStores } from '../stores/open-stores.js'

interface WorkersSeries {
  readonly workers: number
  readonly samples: WorkersSample[]
  /** Median of the ratios of each round's rate to that of the first number of workers in the same round. */
  readonly timesFirst: number
}

/** Several workers of one job, in turn with a single one. */
export const scaleOut = defineCommand({
  name: 'scale-out',
  summary: 'Measure several workers of one job against one',
  options: {
    ...storeOptions('sandbox'),
    workload: choice('What to copy', workloadNames, 'tiny'),
    workers: counts('Numbers of workers, with commas; the first is what the others are set beside', {
      fallback: [1, 2, 4],
    }),
    objectsPerWorker: count('Objects for each worker of a run: each run takes about as long', 1200),
    concurrency: count('In flight of each worker (default: one law decides for all of them)', undefined),
    itemRows: count('Rows that a worker takes at a time', 50),
    repeats: count('Measured rounds', 3),
  },
  example: ['--latency-ms 100 --concurrency 8', 'Workers that wait for a store far away'],

  async measure(flags, session): Promise<{ series: WorkersSeries[] } & Measured> {
    const { workload, workers, objectsPerWorker, concurrency, itemRows, repeats } = flags
    const planned = workers.map((count) => planWorkloads([workload], objectsPerWorker * count, 1)[0]!)
    session.expect(workers.length * repeats)
    const pair = await openStores(readStores(flags), bytesNeeded(planned), session)
    const server = await provideNats({ config: '' })
    session.defer(() => server.stop())
    const queue = server.url
    const samples = workers.map((): WorkersSample[] => [])
    for (let round = 0; round < repeats; round += 1) {
      for (const [i, count] of workers.entries()) {
        await withDataset(planned[i]!, { pair, session }, async (dataset) => {
          const run = { pair, dataset, session, queue, workers: count, concurrency, itemRows }
          const sample = await runWorkers(run)
          samples[i]!.push(sample)
          session.step(
            `${count} workers: ${sample.failure ?? `${number(sample.objectsPerSecond)} objects/s`}`,
          )
        })
      }
    }
    const first = ratesOf(samples[0]!)
    const series = workers.map((count, i) => ({
      workers: count,
      samples: samples[i]!,
      timesFirst: median(ratesOf(samples[i]!).map((rate, round) => rate / first[round]!)),
    }))
    return { stores: pair.description, series }
  },

  describe: ({ series }) => ({
    title: 'One job on several workers',
    headline: `${series
      .slice(1)
      .map(
        ({ workers, timesFirst }) =>
          `${workers} workers copy ${times(timesFirst)} as many objects per second as ${series[0]!.workers}`,
      )
      .join('; ')}.`,
    spread: Math.max(...series.map(({ samples }) => summarize(ratesOf(samples))?.spread ?? 0)),
    sections: [
      table('Workers', series, {
        workers: ({ workers }) => String(workers),
        'objects/s': ({ samples }) => number(median(ratesOf(samples))),
        spread: ({ samples }) => percent(summarize(ratesOf(samples))?.spread),
        [`× ${series[0]!.workers}`]: ({ timesFirst }) => times(timesFirst),
        'of ideal': ({ workers, timesFirst }) => percent((timesFirst * series[0]!.workers) / workers),
      }),
      bars(
        'Objects per second',
        'higher',
        series.map(({ workers, samples }) => ({
          label: `${workers} workers`,
          values: ratesOf(samples),
          own: true,
        })),
        number,
      ),
    ],
  }),

  judge({ series }) {
    const failed = series.flatMap(({ samples }) => samples).find(({ failure }) => failure !== null)
    if (failed === undefined) return
    throw new BenchError('LAGOON_BENCH_PRODUCT', `a run did not do its work: ${failed.failure}`, {
      hint: 'Its figures are in the result, and count for nothing.',
    })
  },
})

const ratesOf = (samples: readonly WorkersSample[]): number[] =>
  samples.map(({ objectsPerSecond }) => objectsPerSecond)
