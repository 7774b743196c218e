import { checkRowFilter } from '@lagoon/manifest'
import { refuseSameBucket } from '@lagoon/transfer'
import { availableParallelism } from 'node:os'
import { SyncError } from '../ports/errors.js'
import { manifestLocation } from './location.js'
import { checkShard } from '../rows/shard.js'
import type { ConcurrencyOptions, ResolvedOptions, SyncOptions } from './options.js'
import { OUTAGE_DEFAULTS } from './outage.js'

/**
 * Fills in defaults and refuses invalid options.
 *
 * @throws SyncError `LAGOON_SYNC_INVALID_OPTION`, TransferError `LAGOON_TRANSFER_SAME_BUCKET`, ManifestError for an impossible filter
 */
export function resolveOptions(options: SyncOptions): ResolvedOptions {
  const { min, max = Math.max(1024, options.concurrency?.min ?? 1), fixed } = options.concurrency ?? {}
  if (min !== undefined) positiveInteger('concurrency.min', min)
  positiveInteger('concurrency.max', max)
  if (fixed !== undefined) positiveInteger('concurrency.fixed', fixed)
  if (min !== undefined && min > max) {
    throw invalid(
      `concurrency.min (${min}) is above concurrency.max (${max})`,
      'Lower the minimum or raise the maximum.',
    )
  }
  refuseBesideController(options.concurrency ?? {})
  const { maxAttempts = 5, throttleBudgetMs = 900_000 } = options
  positiveInteger('maxAttempts', maxAttempts)
  for (const side of ['source', 'destination'] as const) {
    if (options[side].bucket === '') throw invalid(`the ${side} bucket is empty`, 'Set a bucket.')
  }
  refuseSameBucket(options.source, options.destination)
  if (options.filter) checkRowFilter(options.filter)
  if (options.retry !== undefined) refuseBesideRetry(options)
  if (options.manifests?.length === 0)
    throw invalid('manifests is empty', 'List at least one manifest, or omit the option.')
  checkWatch(options)
  if (options.shard !== undefined) checkShard(options.shard)
  if (options.listing !== undefined) refuseBesideListing(options)
  if (options.allVersions === true && options.manifests === undefined) {
    throw invalid(
      'old versions were requested, but no manifest was given',
      'Pass the manifest.json of an S3 Inventory; only an inventory lists versions.',
    )
  }
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

function refuseBesideController(concurrency: ConcurrencyOptions): void {
  if (concurrency.controller === undefined) return
  const others = (['min', 'fixed', 'intervalMs', 'preset'] as const).filter(
    (name) => concurrency[name] !== undefined,
  )
  if (others.length === 0) return
  const named = others.map((name) => `concurrency.${name}`).join(', ')
  throw invalid(`concurrency.controller excludes ${named}`, 'Set them on the controller.')
}

function refuseBesideRetry(options: SyncOptions): void {
  const others = (['manifests', 'filter', 'dryRun', 'watchIntervalMs'] as const).filter(
    (name) => options[name],
  )
  if (others.length > 0) throw invalid(`retry excludes ${others.join(', ')}`, 'Use only one of them.')
}

function refuseBesideListing({ manifests, watchIntervalMs, retry, shard }: SyncOptions): void {
  const others = [
    manifests === undefined ? '' : 'manifests',
    watchIntervalMs === undefined ? '' : 'watchIntervalMs',
    retry === undefined ? '' : 'retry',
    // Each machine lists for itself, and no two write the same manifests.
    shard?.by === 'row-group' ? 'shards by row-group' : '',
  ].filter(Boolean)
  if (others.length > 0) throw invalid(`listing excludes ${others.join(', ')}`, 'Use only one of them.')
}

function checkWatch({ watchIntervalMs, dryRun, manifests }: SyncOptions): void {
  if (watchIntervalMs === undefined) return
  if (!Number.isInteger(watchIntervalMs) || watchIntervalMs < 1000 || watchIntervalMs > 604_800_000) {
    throw invalid(
      `watchIntervalMs is ${watchIntervalMs}`,
      'Use a whole number of milliseconds from a second to a week.',
    )
  }
  if (dryRun === true) throw invalid('a dry run cannot watch', 'Use only one of them.')
  if (manifests !== undefined) {
    throw invalid(
      'given manifests cannot be watched; only a prefix can get new ones',
      'Use only one of them.',
    )
  }
}

function positiveInteger(name: string, value: number): void {
  if (Number.isInteger(value) && value >= 1) return
  throw invalid(`${name} is ${value}`, 'Use a whole number of at least 1.')
}

function invalid(message: string, hint: string): SyncError {
  return new SyncError('LAGOON_SYNC_INVALID_OPTION', message, { hint })
}

/** Beyond it, the thread that reads, admits and records is the bottleneck. */
const MAX_DEFAULT_THREADS = 8

/**
 * The default number of copy threads. One thread copies thousands of small objects per second and passes none of them on; more pay only
 * if cores would be idle, with the stores elsewhere. Measured in docs/adr/0008-threads.md.
 *
 * @param cores that this process may use
 */
export function defaultThreads(cores: number): number {
  return Math.min(MAX_DEFAULT_THREADS, Math.max(1, Math.floor(cores / 4)))
}
