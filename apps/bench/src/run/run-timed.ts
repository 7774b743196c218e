import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { reportFile } from '../clients/lagoon.js'
import { BenchError } from '../errors.js'
import { copyOnce, type ClientCopy } from './copy-once.js'
import type { Timeline } from '../report/timeline.js'
import { readEvents, readLatencies, type LatencySummary } from './read-events.js'

/** The product's own figures for a limited time. */
export interface TimedRun {
  completed: number
  bytes: number
  objectsPerSecond: number
  bytesPerSecond: number
  /** Refused attempts ÷ all attempts. */
  throttledShare: number
  latencies: LatencySummary | null
  timeline: Timeline
}

/**
 * Runs the product for at most this many seconds and then stops it with SIGTERM, so that it finishes what is in flight. The start of the
 * process counts towards these seconds, but not towards the rates, which use the product's own time. Throws `LAGOON_BENCH_PRODUCT` if it
 * ends otherwise.
 */
export async function runTimed(
  options: Omit<ClientCopy, 'timeoutMs' | 'graceMs'> & { seconds: number },
): Promise<TimedRun> {
  // A slow store takes time to finish what is in flight.
  const limits = { timeoutMs: options.seconds * 1000, graceMs: 60_000 }
  return copyOnce({ ...options, ...limits }, async ({ measured, directory }) => {
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
      objectsPerSecond: (summary.completed * 1000) / Math.max(1, summary.durationMs),
      bytesPerSecond: (summary.bytes * 1000) / Math.max(1, summary.durationMs),
      throttledShare: throttled / Math.max(1, throttled + summary.completed),
      latencies: options.report ? await readLatencies(join(directory, reportFile)) : null,
      timeline,
    }
  })
}
