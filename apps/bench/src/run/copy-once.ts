import { mkdtemp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Concurrency, FoundClient } from '../clients/client.js'
import type { BenchDataset } from '../dataset/dataset.js'
import { runMeasured, type ProcessMeasurement } from '../measure/run-measured.js'
import { waitUntilQuiet } from '../measure/wait-until-quiet.js'
import type { BenchSession } from '../session.js'
import { benchBucketName, createBucket, removeBucket } from '../stores/buckets.js'
import { countsBetween, type RequestCounts, type Sides, type BenchStores } from '../stores/store-pair.js'

/** The context of a run. */
export interface CopyContext {
  pair: BenchStores
  dataset: BenchDataset
  session: BenchSession
}

/** One copy of a dataset by one client. */
export interface ClientCopy extends CopyContext {
  found: FoundClient
  concurrency: Concurrency
  manifestColumn?: string | undefined
  report?: boolean
  /** Maximum duration, and how long it may take to end afterwards. */
  timeoutMs?: number
  graceMs?: number
}

/** What a run leaves behind until it has been read. */
interface CopyRemains {
  measured: ProcessMeasurement
  /** Requests that the stores counted during the run; null if they do not count. */
  requests: Sides<RequestCounts> | null
  /** The run's own folder. */
  directory: string
  /** The destination bucket. */
  bucket: string
}

/**
 * Copies the dataset into a fresh bucket with a client once the servers are idle, and removes the bucket and the run's folder after `read`
 * has read the results.
 */
export async function copyOnce<T>(
  {
    found,
    pair,
    dataset,
    session,
    concurrency,
    manifestColumn,
    report = false,
    timeoutMs,
    graceMs,
  }: ClientCopy,
  read: (remains: CopyRemains) => Promise<T>,
): Promise<T> {
  const { signal } = session
  return withFreshBucket({ pair, session }, async ({ bucket, directory }) => {
    const { source, destination } = pair.forClients
    const task = {
      source: { ...source, bucket: dataset.bucket },
      destination: { ...destination, bucket },
      prefix: dataset.prefix,
      manifestPrefix: dataset.manifestPrefix,
      ...(manifestColumn === undefined ? {} : { manifestColumn }),
      concurrency,
      directory,
      keysFile: dataset.keysFile,
      report,
    }
    const { env, ...invocation } = found.client.invocation(task, found.executable)
    // Programs in Go and Rust trust this instead of the system's authorities.
    const trust = source.authorityFile === undefined ? {} : { SSL_CERT_FILE: source.authorityFile }
    const before = await pair.requestCounts()
    const limits = {
      ...(timeoutMs === undefined ? {} : { timeoutMs }),
      ...(graceMs === undefined ? {} : { graceMs }),
    }
    const run = { ...invocation, env: { ...env, ...trust } }
    const measured = await runMeasured(run, { directory, signal, ...limits })
    signal.throwIfAborted()
    const after = await pair.requestCounts()
    const requests =
      before && after
        ? {
            source: countsBetween(before.source, after.source),
            destination: countsBetween(before.destination, after.destination),
          }
        : null
    await pair.setShaped(false)
    return read({ measured, requests, directory, bucket })
  })
}

/** Provides a bucket and a folder for a run once the servers are idle, with the stores shaped as requested. Both are removed afterwards. */
export async function withFreshBucket<T>(
  { pair, session }: Pick<CopyContext, 'pair' | 'session'>,
  run: (fresh: { bucket: string; directory: string }) => Promise<T>,
): Promise<T> {
  const bucket = benchBucketName()
  const directory = await mkdtemp(join(session.directory, 'run-'))
  await createBucket(pair.destination, bucket)
  try {
    const otherWork = await waitUntilQuiet(pair.pids, session)
    if (otherWork !== null) session.otherWork.push(otherWork)
    await pair.setShaped(true)
    return await run({ bucket, directory })
  } finally {
    await pair.setShaped(false)
    await removeBucket(pair.destination, bucket)
    await rm(directory, { recursive: true, force: true, maxRetries: 5 })
  }
}
