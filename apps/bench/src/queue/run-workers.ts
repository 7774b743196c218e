import { mkdtemp } from 'node:fs/promises'
import { join } from 'node:path'
import { lagoonCli, lagoonEnvironment } from '../clients/lagoon.js'
import type { Dataset } from '../dataset/dataset.js'
import { runMeasured } from '../measure/run-measured.js'
import { withFreshBucket } from '../run/copy-once.js'
import { whyFailed } from '../run/run-copy.js'
import type { Session } from '../session.js'
import { countObjects } from '../stores/buckets.js'
import type { StorePair } from '../stores/store-pair.js'

/** Several workers that copy one dataset over a queue. */
export interface WorkersRun {
  readonly pair: StorePair
  readonly dataset: Dataset
  readonly session: Session
  /** URL of the NATS server. */
  readonly queue: string
  readonly workers: number
  /** In flight of each worker; undefined for one controller for all of them. */
  readonly concurrency: number | undefined
  readonly itemRows: number
}

/** The result of one run. */
export interface WorkersSample {
  /** From the start of the first process until the last has ended. */
  readonly wallMs: number
  readonly objects: number
  readonly objectsPerSecond: number
  /** Why the run does not count; null if it does. */
  readonly failure: string | null
}

/** Starts all workers, waits until they have ended, and checks that every object arrived. */
export async function runWorkers(run: WorkersRun): Promise<WorkersSample> {
  const { pair, dataset, session, workers } = run
  return withFreshBucket({ pair, session }, async ({ bucket, directory }) => {
    const { source, destination } = pair.forClients
    const env = lagoonEnvironment({
      source: { ...source, bucket: dataset.bucket },
      destination: { ...destination, bucket },
    })
    const invocation = {
      command: process.execPath,
      args: argumentsOf(run, `bench-${crypto.randomUUID()}`),
      env,
    }
    const own = await Promise.all(Array.from({ length: workers }, () => mkdtemp(join(directory, 'worker-'))))
    const began = performance.now()
    const ended = await Promise.all(
      own.map((folder) => runMeasured(invocation, { directory: folder, signal: session.signal })),
    )
    const wallMs = performance.now() - began
    session.signal.throwIfAborted()
    await pair.setShaped(false)
    const arrived = await countObjects(pair.destination, bucket)
    const failures = await Promise.all(ended.map((measured) => whyFailed(measured, arrived, dataset)))
    const failure = failures.find((why) => why !== null) ?? null
    return { wallMs, objects: dataset.objects, objectsPerSecond: (1000 * dataset.objects) / wallMs, failure }
  })
}

function argumentsOf({ queue, dataset, concurrency, itemRows }: WorkersRun, job: string): string[] {
  return [
    lagoonCli.pathname,
    '--json',
    `--queue=${queue}`,
    `--job=${job}`,
    `--manifest-prefix=${dataset.manifestPrefix}`,
    `--item-rows=${itemRows}`,
    ...(concurrency === undefined ? [] : [`--concurrency=${concurrency}`]),
  ]
}
