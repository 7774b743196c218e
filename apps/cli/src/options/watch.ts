import type { SyncOptions } from '@lagoon/sync'
import { CliError } from '../errors/cli-error.js'
import { printable } from '../text/printable.js'
import { besideListing } from './listing.js'
import { textFlag } from './flag-values.js'
import type { Setting } from './setting.js'
import type { Settings } from './settings.js'

const unitMs: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 }
const longestMs = 7 * unitMs.d!

/** Time between two scans for manifests; nothing for a single scan. Throws what is wrong with it, or conflicts with it. */
export function resolveWatch(
  settings: Settings,
  { dryRun = false, manifests, listing }: Pick<SyncOptions, 'dryRun' | 'manifests' | 'listing'>,
): Pick<SyncOptions, 'watchIntervalMs'> {
  if (textFlag(settings, 'watch') === undefined) return {}
  const setting = settings.flag('watch')!
  const watchIntervalMs = parseInterval(setting)
  if (listing !== undefined) throw besideListing('watch')
  if (dryRun) {
    throw new CliError(
      'LAGOON_CLI_CONFLICT',
      `${setting.origin} and ${settings.flag('dry-run')!.origin} cannot be combined`,
      'A dry run scans once and changes nothing: use only one of them.',
    )
  }
  if (manifests !== undefined) {
    throw new CliError(
      'LAGOON_CLI_CONFLICT',
      `${setting.origin} and --manifest cannot be combined`,
      'Only a prefix can get new manifests: use only one of them, or set --manifest-prefix.',
    )
  }
  return { watchIntervalMs }
}

/** `30s`, `1.5m`, `1h`, `1d`: whole milliseconds. */
export function parseInterval(setting: Setting): number {
  const [, number, unit] = /^(\d+(?:\.\d+)?) ?([smhd])$/.exec(setting.value.trim().toLowerCase()) ?? []
  const intervalMs = Math.round(Number(number) * (unitMs[unit ?? ''] ?? Number.NaN))
  if (intervalMs >= 1000 && intervalMs <= longestMs) return intervalMs
  throw new CliError(
    'LAGOON_CLI_INVALID_VALUE',
    `${setting.origin} is ${JSON.stringify(printable(setting.value))}`,
    'Allowed: a time from 1s to 7d, for example 30s, 5m or 1h.',
  )
}
