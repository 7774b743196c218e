import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { FoundClient } from '../clients/client.js'
import { reportFile } from '../clients/lagoon.js'
import { benchBucketName, type Lake } from '../data/lake.js'
import { runMeasured, type Measurement } from '../measure/run-measured.js'
import { waitUntilQuiet } from '../measure/wait-until-quiet.js'
import { createBucketClient } from '../s3/bucket-client.js'
import { countsBetween, type StorePair } from '../stores/store-pair.js'
import { readEvents, readLatencies } from './read-events.js'
import type { LatencySummary, Sample, Timeline } from './sample.js'

/** One run: the sample and, for the product, what its events and report told. */
export interface CopyRun {
  sample: Sample
  timeline: Timeline | null
  latencies: LatencySummary | null
}

export interface CopyRunOptions {
  found: FoundClient
  pair: StorePair
  lake: Lake
  concurrency: number | 'controller'
  round: number
  /** Folder in which the run's own folder is made, and removed again. */
  directory: string
  manifestColumn?: string
  report?: boolean
  signal?: AbortSignal
  timeoutMs?: number
}

/**
 * Copies the lake into a fresh bucket with one client, measures that, checks that everything arrived, and removes
 * the bucket. A client that fails gives a sample that says why; only trouble with the stores is thrown.
 */
export async function runCopy(options: CopyRunOptions): Promise<CopyRun> {
  const { found, pair, lake, signal } = options
  const bucket = benchBucketName()
  const directory = await mkdtemp(join(options.directory, 'run-'))
  const store = createBucketClient(pair.destination)
  await store.createBucket(bucket)
  try {
    await waitUntilQuiet(pair.pids, signal ? { signal } : {})
    const invocation = found.client.invocation(
      {
        source: { ...pair.source, bucket: lake.bucket },
        destination: { ...pair.destination, bucket },
        prefix: lake.prefix,
        manifestPrefix: lake.manifestPrefix,
        ...(options.manifestColumn === undefined ? {} : { manifestColumn: options.manifestColumn }),
        concurrency: options.concurrency,
        directory,
        keysFile: lake.keysFile,
        report: options.report ?? false,
      },
      found.executable,
    )
    const before = await pair.requestCounts()
    await pair.setShaped(true)
    const measured = await runMeasured(invocation, {
      directory,
      ...(signal ? { signal } : {}),
      ...(options.timeoutMs === undefined ? {} : { timeoutMs: options.timeoutMs }),
    })
    await pair.setShaped(false)
    signal?.throwIfAborted()
    const after = await pair.requestCounts()
    const requests =
      before && after
        ? {
            source: countsBetween(before.source, after.source),
            destination: countsBetween(before.destination, after.destination),
          }
        : null
    const isProduct = found.client.name === 'lagoon'
    const events = isProduct ? readEvents(await readFile(measured.stdoutFile, 'utf8')) : null
    const arrived = await countObjects(store, bucket)
    const failure = await whyFailed(measured, arrived, lake)
    return {
      sample: { ...toSample(measured, lake, options.round), requests, failure },
      timeline: events?.timeline ?? null,
      latencies: options.report ? await readLatencies(join(directory, reportFile)) : null,
    }
  } finally {
    await store.removeBucket(bucket)
    await store.close()
    await rm(directory, { recursive: true, force: true, maxRetries: 5 })
  }
}

function toSample(measured: Measurement, lake: Lake, round: number): Omit<Sample, 'requests' | 'failure'> {
  const { wallMs, userMs, systemMs, peakMemoryBytes } = measured
  const cpuMs = userMs === null || systemMs === null ? null : userMs + systemMs
  return {
    round,
    wallMs,
    userMs,
    systemMs,
    cpuPerObjectUs: cpuMs === null ? null : (cpuMs * 1000) / lake.objects,
    peakMemoryBytes,
    objects: lake.objects,
    bytes: lake.bytes,
    objectsPerSecond: (lake.objects * 1000) / wallMs,
    bytesPerSecond: (lake.bytes * 1000) / wallMs,
  }
}

async function countObjects(
  store: ReturnType<typeof createBucketClient>,
  bucket: string,
): Promise<{ objects: number; bytes: number }> {
  const total = { objects: 0, bytes: 0 }
  for await (const { sizeBytes } of store.list(bucket, '')) {
    total.objects += 1
    total.bytes += sizeBytes
  }
  return total
}

async function whyFailed(
  measured: Measurement,
  arrived: { objects: number; bytes: number },
  lake: Lake,
): Promise<string | null> {
  const lastWords = async (): Promise<string> => {
    const texts = await Promise.all(
      [measured.stderrFile, measured.stdoutFile].map((file) => readFile(file, 'utf8')),
    )
    const lines = texts.flatMap((text) => text.trim().split('\n').filter(Boolean))
    const line = lines.findLast((text) => /error|fail/i.test(text)) ?? lines.at(-1)
    return line === undefined ? '' : `: ${line.slice(0, 300)}`
  }
  if (measured.timedOut) return `did not end in time${await lastWords()}`
  if (measured.exitCode !== 0) {
    return `ended with ${measured.signal ?? `exit code ${measured.exitCode}`}${await lastWords()}`
  }
  if (arrived.objects !== lake.objects || arrived.bytes !== lake.bytes) {
    return `copied ${arrived.objects} of ${lake.objects} objects, ${arrived.bytes} of ${lake.bytes} bytes`
  }
  return null
}
