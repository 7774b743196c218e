import { spawn } from 'node:child_process'
import { open } from 'node:fs/promises'
import { join } from 'node:path'
import { lagoonCli, lagoonEnvironment } from '../clients/lagoon.js'
import type { Dataset } from '../dataset/dataset.js'
import { withFreshBucket } from '../run/copy-once.js'
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
  /** In flight of each; undefined for one law for all of them. */
  readonly concurrency: number | undefined
  readonly itemRows: number
}

/** What one run gave. */
export interface WorkersSample {
  /** From the start of the first process until the last has ended. */
  readonly wallMs: number
  readonly objects: number
  readonly objectsPerSecond: number
  /** Why the run doesn't count; null when it does. */
  readonly failure: string | null
}

/** Starts all workers, waits until they have ended, and checks that everything arrived. */
export async function runWorkers(run: WorkersRun): Promise<WorkersSample> {
  const { pair, dataset, session, workers } = run
  return withFreshBucket({ pair, session }, async ({ bucket, directory }) => {
    const { source, destination } = pair.forClients
    const env = lagoonEnvironment({
      source: { ...source, bucket: dataset.bucket },
      destination: { ...destination, bucket },
    })
    const args = argumentsOf(run, `bench-${crypto.randomUUID()}`)
    const began = performance.now()
    const codes = await Promise.all(
      Array.from({ length: workers }, (_, i) =>
        runOne(args, { env, directory, name: `worker-${i}` }, session.signal),
      ),
    )
    const wallMs = performance.now() - began
    session.signal.throwIfAborted()
    await pair.setShaped(false)
    const arrived = await countObjects(pair.destination, bucket)
    const failed = codes.find((code) => code !== 0)
    const failure =
      failed !== undefined
        ? `a worker ended with ${failed}`
        : arrived.objects === dataset.objects && arrived.bytes === dataset.bytes
          ? null
          : `${arrived.objects} of ${dataset.objects} objects arrived`
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

async function runOne(
  args: readonly string[],
  { env, directory, name }: { env: Record<string, string>; directory: string; name: string },
  signal: AbortSignal,
): Promise<number | string | null> {
  const [stdout, stderr] = await Promise.all(
    ['out', 'err'].map((kind) => open(join(directory, `${name}.${kind}`), 'w')),
  )
  try {
    const child = spawn(process.execPath, args, {
      stdio: ['ignore', stdout!.fd, stderr!.fd],
      env: { PATH: process.env['PATH'] ?? '', HOME: process.env['HOME'] ?? '', ...env },
      cwd: directory,
    })
    const kill = (): void => void child.kill('SIGKILL')
    process.once('exit', kill)
    signal.addEventListener('abort', kill, { once: true })
    try {
      return await new Promise((resolve, reject) => {
        child.once('error', reject)
        child.once('exit', (code, by) => resolve(code ?? by))
      })
    } finally {
      process.off('exit', kill)
      signal.removeEventListener('abort', kill)
    }
  } finally {
    await Promise.all([stdout!.close(), stderr!.close()])
  }
}
