import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { FoundClient } from '../clients/client.js'
import { reportFile } from '../clients/lagoon.js'
import { benchBucketName, type Lake } from '../data/lake.js'
import { BenchError } from '../errors.js'
import { runMeasured } from '../measure/run-measured.js'
import { waitUntilQuiet } from '../measure/wait-until-quiet.js'
import { createBucketClient } from '../s3/bucket-client.js'
import type { StorePair } from '../stores/store-pair.js'
import { readEvents, readLatencies } from './read-events.js'
import type { LatencySummary } from './sample.js'

/** What the product managed in a limited time, by its own account. */
export interface TimedRun {
  completed: number
  bytes: number
  objectsPerSecond: number
  bytesPerSecond: number
  /** Refused attempts ÷ all attempts. */
  throttledShare: number
  latencies: LatencySummary | null
}

/**
 * Lets the product copy for at most so many seconds and then stop as a SIGTERM stops it, with what is in flight
 * finished. Start-up doesn't count: the time is the product's own. Throws `LAGOON_BENCH_PRODUCT` when it ends otherwise.
 */
export async function runTimed(options: {
  found: FoundClient
  pair: StorePair
  lake: Lake
  concurrency: number | 'controller'
  seconds: number
  report: boolean
  directory: string
  manifestColumn?: string
  signal?: AbortSignal
}): Promise<TimedRun> {
  const { found, pair, lake, signal } = options
  const bucket = benchBucketName()
  const directory = await mkdtemp(join(options.directory, 'run-'))
  const store = createBucketClient(pair.destination)
  await store.createBucket(bucket)
  try {
    await waitUntilQuiet(pair.pids, signal ? { signal } : {})
    const task = {
      source: { ...pair.source, bucket: lake.bucket },
      destination: { ...pair.destination, bucket },
      prefix: lake.prefix,
      manifestPrefix: lake.manifestPrefix,
      ...(options.manifestColumn === undefined ? {} : { manifestColumn: options.manifestColumn }),
      concurrency: options.concurrency,
      directory,
      keysFile: lake.keysFile,
      report: options.report,
    }
    await pair.setShaped(true)
    const measured = await runMeasured(found.client.invocation(task, found.executable), {
      directory,
      timeoutMs: options.seconds * 1000,
      // A store that is slow takes its time to finish what is in flight.
      graceMs: 60_000,
      ...(signal ? { signal } : {}),
    })
    await pair.setShaped(false)
    signal?.throwIfAborted()
    const { timeline, summary } = readEvents(await readFile(measured.stdoutFile, 'utf8'))
    if (summary === null || (measured.exitCode !== 0 && measured.exitCode !== 143)) {
      const said = (await readFile(measured.stderrFile, 'utf8')).trim().split('\n').at(-1)
      throw new BenchError(
        'LAGOON_BENCH_PRODUCT',
        `lagoon ended with exit code ${measured.exitCode}: ${said}`,
      )
    }
    const throttled = timeline.progress.at(-1)?.throttled ?? 0
    return {
      completed: summary.completed,
      bytes: summary.bytes,
      objectsPerSecond: (summary.completed * 1000) / summary.durationMs,
      bytesPerSecond: (summary.bytes * 1000) / summary.durationMs,
      throttledShare: throttled / Math.max(1, throttled + summary.completed),
      latencies: options.report ? await readLatencies(join(directory, reportFile)) : null,
    }
  } finally {
    await store.removeBucket(bucket)
    await store.close()
    await rm(directory, { recursive: true, force: true, maxRetries: 5 })
  }
}
