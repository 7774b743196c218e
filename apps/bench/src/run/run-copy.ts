import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { reportFile } from '../clients/lagoon.js'
import type { BenchDataset } from '../dataset/dataset.js'
import type { ProcessMeasurement } from '../measure/run-measured.js'
import { countObjects } from '../stores/buckets.js'
import type { RequestCounts, Sides } from '../stores/store-pair.js'
import { copyOnce, type ClientCopy } from './copy-once.js'
import type { Timeline } from '../report/timeline.js'
import { readEvents, readLatencies, type LatencySummary } from './read-events.js'

/** One measured run of one client. Times in milliseconds, rates per second. */
export interface RunSample {
  round: number
  wallMs: number
  cpuPerObjectUs: number | null
  peakMemoryBytes: number | null
  objects: number
  bytes: number
  objectsPerSecond: number
  bytesPerSecond: number
  /** Requests that the stores counted during the run, by operation; `null` if they do not count. */
  requests: Sides<RequestCounts> | null
  /** Why the run does not count; `null` if it does. */
  failure: string | null
}

/** One run: the sample and, for the product, the contents of its events and report. */
export interface CopyRun {
  sample: RunSample
  timeline: Timeline | null
  latencies: LatencySummary | null
}

/**
 * Copies the dataset into a fresh bucket with one client, measures that, and checks that every object arrived. A failing client results in
 * a sample with the reason; only store errors are thrown.
 */
export async function measureCopy(options: ClientCopy & { round: number }): Promise<CopyRun> {
  const { found, dataset, pair, round } = options
  const { objects, bytes } = dataset
  return copyOnce(options, async ({ measured, requests, directory, bucket }) => {
    const isProduct = found.client.name === 'lagoon'
    const events = isProduct ? readEvents(await readFile(measured.stdoutFile, 'utf8')) : null
    const failure = await whyFailed(measured, await countObjects(pair.destination, bucket), dataset)
    const { wallMs, cpuMs, peakMemoryBytes } = measured
    return {
      sample: {
        round,
        wallMs,
        cpuPerObjectUs: cpuMs === null ? null : (cpuMs * 1000) / objects,
        peakMemoryBytes,
        objects,
        bytes,
        objectsPerSecond: (objects * 1000) / wallMs,
        bytesPerSecond: (bytes * 1000) / wallMs,
        requests,
        failure,
      },
      timeline: events?.timeline ?? null,
      latencies: options.report ? await readLatencies(join(directory, reportFile)) : null,
    }
  })
}

/** Why a run does not count: how its process ended, or what is missing; null if it does. */
export async function whyFailed(
  measured: ProcessMeasurement,
  arrived: { objects: number; bytes: number },
  dataset: BenchDataset,
): Promise<string | null> {
  if (measured.timedOut) return `did not end in time${await lastWords(measured)}`
  if (measured.exitCode !== 0) {
    return `ended with ${measured.signal ?? `exit code ${measured.exitCode}`}${await lastWords(measured)}`
  }
  if (arrived.objects !== dataset.objects || arrived.bytes !== dataset.bytes) {
    return `copied ${arrived.objects} of ${dataset.objects} objects, ${arrived.bytes} of ${dataset.bytes} bytes`
  }
  return null
}

/** The last line that mentions an error, or the last of all. */
async function lastWords({ stderrFile, stdoutFile }: ProcessMeasurement): Promise<string> {
  const texts = await Promise.all([stderrFile, stdoutFile].map((file) => readFile(file, 'utf8')))
  const lines = texts.flatMap((text) => text.trim().split('\n').filter(Boolean))
  const line = lines.findLast((text) => /error|fail/i.test(text)) ?? lines.at(-1)
  return line === undefined ? '' : `: ${line.slice(0, 300)}`
}
