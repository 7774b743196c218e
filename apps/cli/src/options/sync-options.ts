import { statSync } from 'node:fs'
import type { ConcurrencyOptions, SyncOptions } from '@lagoon/sync'
import { CliError } from '../errors/cli-error.js'
import { printable } from '../text/printable.js'
import { resolveCopyOptions, withTraffic } from './copy-options.js'
import { resolveEndpoints } from './endpoint.js'
import { booleanFlag, numberFlag, textFlag } from './flag-values.js'
import { resolveListing } from './listing.js'
import { resolveReport } from './report-file.js'
import { resolveRowFilter } from './row-filter.js'
import type { Settings } from './settings.js'
import { resolveShard, withShard } from './shard.js'
import { resolveAliases } from './store-settings.js'

/** The settings of `sync`; signals and the event sink are the caller's. */
export type ResolvedSyncOptions = Omit<SyncOptions, 'drain' | 'abort' | 'onEvent'>

export const defaults = {
  manifestPrefix: 'manifest/',
  dataDir: 'data',
  maxConcurrency: 1024,
  fixedConcurrency: 64,
  maxAttempts: 5,
} as const

/** Every setting of `sync` except the watch, validated, with defaults. Throws the first problem. */
export function resolveSyncOptions(settings: Settings): ResolvedSyncOptions {
  const threads = numberFlag(settings, 'threads')
  return {
    ...resolveReading(settings),
    dataDir: resolveDataDir(settings),
    copy: resolveCopyOptions(settings),
    ...(threads === undefined ? {} : { threads }),
    dryRun: booleanFlag(settings, 'dry-run'),
  }
}

/** What commands that read manifests have in common: stores, manifests, rows, concurrency, report. */
export function resolveReading(settings: Settings): Omit<ResolvedSyncOptions, 'dataDir' | 'copy' | 'dryRun'> {
  const endpoints = withTraffic(resolveEndpoints(settings), settings)
  const manifests = settings.all('manifest').map(({ value }) => value)
  const listing = resolveListing(settings)
  const manifestColumn = textFlag(settings, 'manifest-column')
  const filter = resolveRowFilter(settings)
  const shard = resolveShard(settings)
  const aliases = resolveAliases(settings)
  return {
    ...endpoints,
    manifestPrefix: textFlag(settings, 'manifest-prefix') ?? defaults.manifestPrefix,
    ...(manifests.length === 0 ? {} : { manifests }),
    ...(listing === undefined ? {} : { listing }),
    ...(manifestColumn === undefined ? {} : { manifestColumn }),
    allVersions: booleanFlag(settings, 'all-versions'),
    ...(shard === undefined ? {} : { shard }),
    ...(aliases === undefined ? {} : { aliases }),
    ...(filter === undefined ? {} : { filter }),
    concurrency: resolveConcurrency(settings),
    maxAttempts: numberFlag(settings, 'max-attempts') ?? defaults.maxAttempts,
    ...resolveReport(settings),
  }
}

/** The state directory, as given. A file with that name is refused here; whether it is writable, the state finds out. */
export function resolveDataDir(settings: Settings): string {
  const dataDir = resolveDataDirPattern(settings)
  if (dataDir.includes('*')) {
    throw new CliError(
      'LAGOON_CLI_INVALID_VALUE',
      `${settings.flag('data-dir')?.origin ?? '--data-dir'} ${printable(dataDir)} names several directories`,
      'Only lagoon status and lagoon failures add several up. Use the directory of one shard.',
    )
  }
  if (statSync(dataDir, { throwIfNoEntry: false })?.isFile() === true) {
    throw new CliError(
      'LAGOON_CLI_FILE',
      `${settings.flag('data-dir')?.origin ?? '--data-dir'} ${printable(dataDir)} is a file`,
      'Use a directory; it is created if it does not exist.',
    )
  }
  return dataDir
}

/** A directory, or with `*` those of all shards that it matches. */
export function resolveDataDirPattern(settings: Settings): string {
  const given = textFlag(settings, 'data-dir') ?? defaults.dataDir
  return withShard(given, settings, settings.flag('data-dir')?.origin ?? '--data-dir')
}

/** Bounds of the controller, or the fixed number in flight. */
export function resolveConcurrency(settings: Settings): ConcurrencyOptions {
  const intervalS = numberFlag(settings, 'controller-interval-s')
  const interval = intervalS === undefined ? {} : { intervalMs: Math.round(intervalS * 1000) }
  const given = { min: numberFlag(settings, 'min-concurrency'), max: numberFlag(settings, 'max-concurrency') }
  const fixed = numberFlag(settings, 'concurrency')
  if (fixed !== undefined) return { min: fixed, max: fixed, fixed, ...interval }
  if (booleanFlag(settings, 'no-controller')) {
    const number = given.max ?? defaults.fixedConcurrency
    return { min: number, max: number, fixed: number, ...interval }
  }
  const max = given.max ?? defaults.maxConcurrency
  const { min } = given
  if (min !== undefined && min > max) {
    const minOrigin = settings.flag('min-concurrency')!.origin
    const maxOrigin = settings.flag('max-concurrency')?.origin ?? 'the default of --max-concurrency'
    throw new CliError(
      'LAGOON_CLI_CONFLICT',
      `${minOrigin} (${min}) is above ${maxOrigin} (${max})`,
      'The lower bound must not be above the upper one: lower the first or raise the second.',
    )
  }
  return { ...(min === undefined ? {} : { min }), max, ...interval }
}
