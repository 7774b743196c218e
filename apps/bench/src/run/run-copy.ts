import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { reportFile } from '../clients/lagoon.js'
import type { Lake } from '../data/lake.js'
import type { Measurement } from '../measure/run-measured.js'
import type { BucketClient } from '../s3/bucket-client.js'
import { copyOnce, type CopyOptions } from './copy-once.js'
import { readEvents, readLatencies } from './read-events.js'
import type { LatencySummary, Sample, Timeline } from './sample.js'

/** One run: the sample and, for the product, what its events and report told. */
export interface CopyRun {
  sample: Sample
  timeline: Timeline | null
  latencies: LatencySummary | null
}

/**
 * Copies the lake into a fresh bucket with one client, measures that, and checks that everything arrived. A client
 * that fails gives a sample that says why; only trouble with the stores is thrown.
 */
export async function runCopy(options: CopyOptions & { round: number }): Promise<CopyRun> {
  const { found, lake, round } = options
  return copyOnce(options, async ({ measured, requests, directory, store, bucket }) => {
    const isProduct = found.client.name === 'lagoon'
    const events = isProduct ? readEvents(await readFile(measured.stdoutFile, 'utf8')) : null
    const arrived = await countObjects(store, bucket)
    const failure = await whyFailed(measured, arrived, lake)
    return {
      sample: { ...toSample(measured, lake, round), requests, failure },
      timeline: events?.timeline ?? null,
      latencies: options.report ? await readLatencies(join(directory, reportFile)) : null,
    }
  })
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
  store: BucketClient,
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
