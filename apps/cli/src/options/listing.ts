import type { ListingOptions } from '@lagoon/sync'
import { CliError } from '../errors/cli-error.js'
import { booleanFlag, choiceFlag, numberFlag } from './flag-values.js'
import type { FlagName } from './flags.js'
import type { Settings } from './settings.js'

/**
 * What is listed instead of manifests being read: the source that stands on the command line, unless manifests are named beside it.
 *
 * @throws CliError LAGOON_CLI_CONFLICT
 */
export function resolveListing(settings: Settings): ListingOptions | undefined {
  const { stores } = settings
  const listed = stores !== undefined && settings.all('manifest').length === 0
  if (!listed) {
    for (const name of ['rescan', 'list-concurrency'] as const)
      if (settings.flag(name)) throw nothingListed(name)
    return undefined
  }
  // A variable or a file may speak of other jobs of this directory.
  if (settings.flag('manifest-prefix')?.from === 'flag') throw besideListing('manifest-prefix')
  if (choiceFlag(settings, 'shard-by') === 'row-group') throw besideListing('shard-by')
  const parallel = numberFlag(settings, 'list-concurrency')
  return {
    prefix: stores.source.prefix.value,
    rescan: booleanFlag(settings, 'rescan'),
    ...(parallel === undefined ? {} : { parallel }),
  }
}

/** A flag that means something for manifests in the bucket only. */
export function besideListing(name: FlagName): CliError {
  return new CliError(
    'LAGOON_CLI_CONFLICT',
    `--${name} excludes a source on the command line, which is listed`,
    `Leave out --${name}, or read manifests instead: name the stores in .env, or the manifests with --manifest.`,
  )
}

function nothingListed(name: FlagName): CliError {
  return new CliError(
    'LAGOON_CLI_CONFLICT',
    `--${name} is given, but nothing is listed: the keys come from manifests`,
    `Leave out --${name}, or name both stores: lagoon s3://SOURCE s3://DESTINATION.`,
  )
}
