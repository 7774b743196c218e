import { provideNats } from '@lagoon/testkit'
import { defineCommand } from '../cli/command.js'
import { readStores, storeOptions } from '../cli/copy-options.js'
import { choice, choices, count, counts, positive, toggle } from '../cli/options.js'
import { withDataset } from '../dataset/dataset.js'
import { bytesNeeded, planWorkloads, workloadNames } from '../dataset/workloads.js'
import type { MeasuredOn } from '../environment.js'
import { BenchError, usageError } from '../errors.js'
import { number } from '../format.js'
import { kneeOf, scaleOutReport, type ScaleOutFindings, type TwoSizes } from '../queue/report.js'
import { runWorkers, type Member, type WorkersSample } from '../queue/run-workers.js'
import { sceneNames, sceneOf } from '../queue/scenes.js'
import { openStorePair } from '../stores/open-stores.js'

/** Several workers of one job, in turn with one of them. */
export const scaleOut = defineCommand({
  name: 'scale-out',
  summary: 'Measure several workers of one job against one',
  options: {
    ...storeOptions('sandbox'),
    workload: choice('What to copy', workloadNames, 'tiny'),
    workers: counts('Numbers of workers, with commas; the first is what the others are set beside', {
      fallback: [1, 2, 4],
    }),
    objectsPerWorker: count(
      'Objects for each worker of a run; with --knee each run copies as many as the largest',
      1200,
    ),
    concurrency: count('In flight of each worker (default: one law decides for all of them)', undefined),
    itemRows: count('Rows that a worker takes at a time', 50),
    leaseS: count("Seconds until a dead worker's rows are taken over", 5),
    settleSeconds: positive('How much of the beginning the settled figures leave out', 5),
    scenes: choices('Also the largest number of workers when something happens', sceneNames, []),
    processor: toggle('Also the processor time of one worker, with a queue and with a state of its own'),
    repeats: count('Measured rounds', 3),
  },
  example: ['--latency-ms 100 --concurrency 8', 'Workers that wait for a store far away'],

  async measure(flags, session): Promise<ScaleOutFindings & MeasuredOn> {
    const { workload, workers, objectsPerWorker, concurrency, repeats, scenes: sceneList } = flags
    const { itemRows, leaseS, settleSeconds } = flags
    const most = Math.max(...workers)
    if (sceneList.length > 0 && most < 2) throw usageError('--scenes needs at least two workers')
    if (sceneList.includes('straggler') && (concurrency ?? 0) < 10)
      throw usageError('a straggler has a tenth of --concurrency, which must be at least 10')
    const choice = readStores(flags)
    const { knee } = choice.shape
    const sizeOf = (count: number): number => objectsPerWorker * (knee === undefined ? count : most)
    const sizes = [...new Set([...workers, ...(sceneList.length > 0 ? [most] : [])].map(sizeOf))]
    const planned = new Map(
      [...sizes, ...(flags.processor ? [sizeOf(1), 2 * sizeOf(1)] : [])].map((size) => [
        size,
        planWorkloads([workload], size, 1)[0]!,
      ]),
    )
    session.expect((workers.length + sceneList.length + (flags.processor ? 4 : 0)) * repeats)
    const pair = await openStorePair(
      { ...choice, keepBytes: false },
      bytesNeeded([...planned.values()]),
      session,
    )
    const server = await provideNats({ config: '' })
    session.defer(() => server.stop())

    const take = async (
      label: string,
      team: readonly Member[],
      given: { size: number; queue?: null; itemRows?: undefined },
    ): Promise<WorkersSample> => {
      const run = { queue: server.url, itemRows, ...given, pair, session, team, leaseS, settleSeconds }
      const sample = await withDataset(planned.get(given.size)!, { pair, session, madeUp: true }, (dataset) =>
        runWorkers({ ...run, dataset }),
      )
      session.step(`${label}: ${sample.failure ?? `${number(sample.objectsPerSecond)} objects/s`}`)
      return sample
    }
    const findings: ScaleOutFindings = {
      knee: kneeOf(choice.shape),
      series: workers.map((count) => ({ workers: count, samples: [] })),
      scenes: sceneList.map((name) => {
        const { title } = sceneOf(name, most, concurrency)
        return { name, title, samples: [], ofIdeal: [] }
      }),
      processor: flags.processor ? { queue: [], alone: [] } : null,
    }
    for (let round = 0; round < repeats; round += 1) {
      for (const { workers: count, samples } of findings.series) {
        const team = Array.from({ length: count }, () => ({ concurrency }))
        samples.push(await take(`${count} workers`, team, { size: sizeOf(count) }))
      }
      const perWorker = findings.series[0]!.samples[round]!.objectsPerSecond / workers[0]!
      for (const { name, title, samples, ofIdeal } of findings.scenes) {
        const { team, idealMs } = sceneOf(name, most, concurrency)
        const sample = await take(title, team, { size: sizeOf(most) })
        samples.push(sample)
        const ideal = idealMs(sample.objects, perWorker)
        if (ideal !== null) ofIdeal.push(sample.wallMs / ideal)
      }
      if (findings.processor === null) continue
      const { queue, alone } = findings.processor
      const team = [{ concurrency }]
      const twoSizes = async (label: string, given: { queue?: null }): Promise<TwoSizes> => [
        // The product's own items: small ones cost more messages.
        await take(label, team, { ...given, size: sizeOf(1), itemRows: undefined }),
        await take(label, team, { ...given, size: 2 * sizeOf(1), itemRows: undefined }),
      ]
      const withQueue = async () => void queue.push(await twoSizes('one worker with a queue', {}))
      const without = async () => void alone.push(await twoSizes('one process without', { queue: null }))
      for (const measureOne of round % 2 === 0 ? [withQueue, without] : [without, withQueue])
        await measureOne()
    }
    return { stores: pair.description, ...findings }
  },

  describe: scaleOutReport,

  judge({ series, scenes, processor }) {
    const all = [...series, ...scenes].flatMap(({ samples }) => samples)
    const ones = [...(processor?.queue ?? []), ...(processor?.alone ?? [])].flat()
    const failed = [...all, ...ones].find(({ failure }) => failure !== null)
    if (failed === undefined) return
    throw new BenchError('LAGOON_BENCH_PRODUCT', `a run did not do its work: ${failed.failure}`, {
      hint: 'Its figures are in the result, and count for nothing.',
    })
  },
})
