import { CliError } from '../errors/cli-error.js'
import { printable } from '../text/printable.js'
import type { Setting } from './setting.js'

/** How the two are written, for help and messages. */
export const storesUsage = 's3://SOURCE[/PREFIX] s3://DESTINATION[/PREFIX]'

/** Stores that are named on the command line, without a flag. */
export interface StoresByPosition {
  readonly source: StoreLocation
  readonly destination: StoreLocation
}

export interface StoreLocation {
  readonly bucket: Setting
  /** Ends in a slash; empty for the whole bucket. */
  readonly prefix: Setting
}

export function isStoreLocation(word: string): boolean {
  return /^s3:\/\//i.test(word)
}

/**
 * `s3://lake/photos s3://copy/backup`: the objects under `photos/` go to `backup/`. A prefix is a directory, as for `aws s3 sync` and rclone:
 * the slash at its end may be left out. Undefined without arguments.
 *
 * @throws CliError LAGOON_CLI_USAGE
 */
export function storesByPosition(words: readonly string[]): StoresByPosition | undefined {
  const [source, destination] = words
  if (source === undefined) return undefined
  const from = locationOf(source, 'source')
  if (destination === undefined) {
    throw new CliError('LAGOON_CLI_USAGE', 'the destination is missing', `Write lagoon ${storesUsage}.`)
  }
  return { source: from, destination: locationOf(destination, 'destination') }
}

function locationOf(word: string, side: string): StoreLocation {
  const [, bucket, prefix = ''] = /^s3:\/\/([^/]+)(?:\/(.*))?$/is.exec(word) ?? []
  if (bucket === undefined) {
    throw new CliError(
      'LAGOON_CLI_USAGE',
      `the ${side} ${JSON.stringify(printable(word))} is not s3://BUCKET[/PREFIX]`,
      'Both stores are S3-compatible; LAGOON_SOURCE_ENDPOINT_URL and LAGOON_DESTINATION_ENDPOINT_URL say where they are.',
    )
  }
  const given = { origin: printable(word), from: 'flag' } as const
  return {
    bucket: { value: bucket, ...given },
    prefix: { value: prefix === '' || prefix.endsWith('/') ? prefix : `${prefix}/`, ...given },
  }
}
