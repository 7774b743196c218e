import { checkRowFilter, type RowFilter } from '@lagoon/manifest'
import { isSameBucket, type CopierOptions, type EndpointOptions } from '@lagoon/transfer'
import { availableParallelism } from 'node:os'
import { defaultThreads } from './default-threads.js'
import { SyncError } from './errors.js'
import type { EventSink } from './events.js'
import { manifestLocation } from './manifest-location.js'
import type { BackoffOptions } from './backoff.js'
import type { FailureClass } from './ports.js'
import { OUTAGE_DEFAULTS, type OutageOptions } from './outage.js'
import type { RunControls, RunObserver } from './run-controls.js'

/** How objects are copied, see `@lagoon/transfer`; endpoints, connections, threads and the ledger of uploads are the run's own. */
export type CopyOptions = Omit<
  CopierOptions,
  'source' | 'destination' | 'connections' | 'threads' | 'uploads'
>

export interface ConcurrencyOptions {
  /** Lower bound of the controller. Default: it begins at 16 and goes lower only for a store that can't serve as many. */
  readonly min?: number
  /** Upper bound of the controller, and of connections. Default 1,024. */
  readonly max?: number
  /** A fixed number in flight instead of the controller. Default none. */
  readonly fixed?: number
  /** Longest time between two adjustments, ms. Default: the law's own. */
  readonly intervalMs?: number
  /** `seed` for the law of the Python tool. Default: the law of `@lagoon/aimd`. */
  readonly preset?: 'seed'
}

/** Which recorded failures; all that is given must hold. */
export interface RetryFilter {
  readonly class?: FailureClass
  readonly code?: string
  /** Key of the manifest that names them. */
  readonly manifest?: string
}

export interface SyncOptions {
  readonly source: EndpointOptions
  readonly destination: EndpointOptions
  /** Directory of the state. Created when missing, except by a dry run. */
  readonly dataDir: string
  /** Where manifests lie in the source bucket. Default `manifest/`. */
  readonly manifestPrefix?: string
  /**
   * Manifests to read instead of those under the prefix: keys of the source bucket, `s3://bucket/key` at the same endpoint, paths
   * that begin with `/`, `./` or `../`, `-` for standard input. Parquet, S3 Inventory's `manifest.json`, CSV, JSON lines, text. Default none.
   */
  readonly manifests?: readonly string[]
  /** What `-` reads, once. Default `process.stdin`. */
  readonly standardInput?: AsyncIterable<Uint8Array>
  /** Column that holds the keys. Default `uri`, else `key`, else the only string column. */
  readonly manifestColumn?: string
  /** Which rows are taken. Default all. */
  readonly filter?: RowFilter
  /** How objects are copied: key mapping, overwriting, storage class, parts. Default: as `@lagoon/transfer` does. */
  readonly copy?: CopyOptions
  readonly concurrency?: ConcurrencyOptions
  /**
   * Threads that copy, 1 to 64, each with connections of its own; 1 copies in the thread of the caller. What is in flight, retries and the state
   * are the same for any number. Default: a quarter of the cores, at least 1, at most 8.
   */
  readonly threads?: number
  /** Attempts per object. Default 5, at least 1. */
  readonly maxAttempts?: number
  /** How long a store may throttle one object before it has failed, ms. Default 900,000 (15 minutes). */
  readonly throttleBudgetMs?: number
  readonly outage?: OutageOptions
  readonly backoff?: BackoffOptions
  /**
   * Only try again what is recorded as failed, all of it or what the filter lets through; no manifest is looked for or read. Not together
   * with `manifests`, `filter`, `dryRun` or `watchIntervalMs`. Default none.
   */
  readonly retry?: RetryFilter
  /** Count what would be copied and touch nothing. Default false. */
  readonly dryRun?: boolean
  /**
   * Look for manifests again and again until stopped: from the end of one look to the beginning of the next, ms, 1,000 to
   * 604,800,000 (a week). Not together with `dryRun` or `manifests`. Default: one look.
   */
  readonly watchIntervalMs?: number
  /** File for one row per object; `.parquet` or `.jsonl`. Default none. */
  readonly report?: string
  /** Take no new key and finish what is in flight. */
  readonly drain?: AbortSignal
  /** Abort what is in flight and record nothing for it. */
  readonly abort?: AbortSignal
  readonly onEvent?: EventSink
  /** Given the levers of the run right before its `start` event: pausing, and limits that change while it goes on. Default none. */
  readonly onControls?: (controls: RunControls) => void
  /** Told of attempts and objects as they end; costs nothing where it is left out. Default none. */
  readonly observer?: RunObserver
}

export interface ResolvedOptions extends SyncOptions {
  readonly manifestPrefix: string
  readonly concurrency: Required<Pick<ConcurrencyOptions, 'max'>> & ConcurrencyOptions
  readonly threads: number
  readonly maxAttempts: number
  readonly throttleBudgetMs: number
  readonly outage: Required<OutageOptions>
  readonly dryRun: boolean
  readonly onEvent: EventSink
}

/**
 * Fills in defaults and refuses what can't be.
 *
 * @throws SyncError `LAGOON_SYNC_INVALID_OPTION`, `LAGOON_SYNC_SAME_BUCKET`; ManifestError for an impossible filter
 */
export function resolveOptions(options: SyncOptions): ResolvedOptions {
  const { min, max = Math.max(1024, options.concurrency?.min ?? 1), fixed } = options.concurrency ?? {}
  if (min !== undefined) positiveInteger('concurrency.min', min)
  positiveInteger('concurrency.max', max)
  if (fixed !== undefined) positiveInteger('concurrency.fixed', fixed)
  if (min !== undefined && min > max) {
    throw invalid(
      `concurrency.min (${min}) is above concurrency.max (${max})`,
      'lower the minimum or raise the maximum',
    )
  }
  const { maxAttempts = 5, throttleBudgetMs = 900_000 } = options
  positiveInteger('maxAttempts', maxAttempts)
  for (const side of ['source', 'destination'] as const) {
    if (options[side].bucket === '') throw invalid(`the ${side} bucket is empty`, 'name a bucket')
  }
  refuseSameBucket(options.source, options.destination)
  if (options.filter) checkRowFilter(options.filter)
  if (options.retry !== undefined) refuseBesideRetry(options)
  if (options.manifests?.length === 0) throw invalid('manifests names none', 'name one, or leave it out')
  checkWatch(options)
  for (const location of options.manifests ?? []) manifestLocation(location, options.source.bucket)
  return {
    ...options,
    manifestPrefix: options.manifestPrefix ?? 'manifest/',
    concurrency: { ...options.concurrency, max },
    threads: options.threads ?? defaultThreads(availableParallelism()),
    maxAttempts,
    throttleBudgetMs,
    outage: { ...OUTAGE_DEFAULTS, ...options.outage },
    dryRun: options.dryRun ?? false,
    onEvent: options.onEvent ?? (() => {}),
  }
}

/** A name for a bucket that tells it from every other: the state of one job must not be taken for another's. */
export function describeEndpoint({ endpointUrl, region, bucket }: EndpointOptions): string {
  return endpointUrl === undefined
    ? `s3://${bucket} (${region})`
    : `${endpointUrl.replace(/\/+$/, '')}/${bucket}`
}

/**
 * What the state of a run belongs to: this pair of buckets, and, where keys are mapped, this mapping. The state of one job must not be
 * taken for another's, or objects would count as copied that never were.
 */
export function identityOfJob({ source, destination, copy }: SyncOptions): Identity {
  const { stripPrefix = '', addPrefix = '' } = copy ?? {}
  const mapping = stripPrefix === '' && addPrefix === '' ? '' : ` keys ${stripPrefix}* to ${addPrefix}*`
  return { source: describeEndpoint(source), destination: describeEndpoint(destination) + mapping }
}

export interface Identity {
  readonly source: string
  readonly destination: string
}

function refuseBesideRetry(options: SyncOptions): void {
  const others = (['manifests', 'filter', 'dryRun', 'watchIntervalMs'] as const).filter(
    (name) => options[name],
  )
  if (others.length > 0) throw invalid(`retry excludes ${others.join(', ')}`, 'give one of them only')
}

function refuseSameBucket(source: EndpointOptions, destination: EndpointOptions): void {
  if (!isSameBucket(source, destination)) return
  throw new SyncError(
    'LAGOON_SYNC_SAME_BUCKET',
    `source and destination are the same bucket, ${describeEndpoint(source)}`,
    { hint: 'set another destination bucket or endpoint' },
  )
}

function checkWatch({ watchIntervalMs, dryRun, manifests }: SyncOptions): void {
  if (watchIntervalMs === undefined) return
  if (!Number.isInteger(watchIntervalMs) || watchIntervalMs < 1000 || watchIntervalMs > 604_800_000) {
    throw invalid(
      `watchIntervalMs is ${watchIntervalMs}`,
      'give a whole number of milliseconds from a second to a week',
    )
  }
  if (dryRun === true) throw invalid('a dry run can not watch', 'leave one of the two out')
  if (manifests !== undefined) {
    throw invalid(
      'named manifests can not be watched: only a prefix can hold new ones',
      'leave one of the two out',
    )
  }
}

function positiveInteger(name: string, value: number): void {
  if (Number.isInteger(value) && value >= 1) return
  throw invalid(`${name} is ${value}`, 'give a whole number of at least 1')
}

function invalid(message: string, hint: string): SyncError {
  return new SyncError('LAGOON_SYNC_INVALID_OPTION', message, { hint })
}
