import { mkdtemp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { FoundClient } from '../clients/client.js'
import { benchBucketName, type Lake } from '../data/lake.js'
import { runMeasured, type Measurement } from '../measure/run-measured.js'
import { waitUntilQuiet } from '../measure/wait-until-quiet.js'
import { createBucketClient, type BucketClient } from '../s3/bucket-client.js'
import { countsBetween, type StorePair } from '../stores/store-pair.js'
import type { Sample } from './sample.js'

/** One copy of a lake by one client. */
export interface CopyOptions {
  found: FoundClient
  pair: StorePair
  lake: Lake
  concurrency: number | 'controller'
  /** Folder in which the run's own folder is made, and removed again. */
  directory: string
  manifestColumn?: string
  report?: boolean
  signal?: AbortSignal
  /** Longest time, and how long it may take to end afterwards. */
  timeoutMs?: number
  graceMs?: number
}

/** What a run leaves until it has been read. */
export interface CopyRemains {
  measured: Measurement
  /** Requests that the stores counted meanwhile; null where they don't tell. */
  requests: Sample['requests']
  /** The run's own folder. */
  directory: string
  /** The destination, and the bucket that was copied into. */
  store: BucketClient
  bucket: string
}

/**
 * Lets a client copy the lake into a fresh bucket, when the servers rest, and removes the bucket and the run's folder once
 * `read` has read what is left.
 */
export async function copyOnce<T>(
  options: CopyOptions,
  read: (remains: CopyRemains) => Promise<T>,
): Promise<T> {
  const { found, pair, lake, signal, manifestColumn, timeoutMs, graceMs } = options
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
      ...(manifestColumn === undefined ? {} : { manifestColumn }),
      concurrency: options.concurrency,
      directory,
      keysFile: lake.keysFile,
      report: options.report ?? false,
    }
    const before = await pair.requestCounts()
    await pair.setShaped(true)
    const { env, ...invocation } = found.client.invocation(task, found.executable)
    const { authorityFile } = pair.source
    // What programs in Go and Rust trust instead of the system's authorities.
    const trust = authorityFile === undefined ? {} : { SSL_CERT_FILE: authorityFile }
    const measured = await runMeasured(
      { ...invocation, env: { ...env, ...trust } },
      {
        directory,
        ...(signal ? { signal } : {}),
        ...(timeoutMs === undefined ? {} : { timeoutMs }),
        ...(graceMs === undefined ? {} : { graceMs }),
      },
    )
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
    return await read({ measured, requests, directory, store, bucket })
  } finally {
    await store.removeBucket(bucket)
    await store.close()
    await rm(directory, { recursive: true, force: true, maxRetries: 5 })
  }
}
