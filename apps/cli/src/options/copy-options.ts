import type { CopyOptions, EndpointOptions } from '@lagoon/sync'
import { CliError } from '../errors.js'
import { printable } from '../output/printable.js'
import { bytesOf, sizesAllowed } from './byte-size.js'
import { booleanFlag, choiceFlag, numberFlag, textFlag } from './parse-value.js'
import type { Settings } from './settings.js'

/** How objects are copied, as far as it is given; what is not given is `@lagoon/transfer`'s to decide. */
export function resolveCopyOptions(settings: Settings): CopyOptions {
  return given({
    overwrite: choiceFlag(settings, 'overwrite'),
    verify: choiceFlag(settings, 'verification'),
    serverSideCopy: choiceFlag(settings, 'server-side-copy'),
    multipartThresholdBytes: partBytes(settings, 'multipart-threshold'),
    partSizeBytes: partBytes(settings, 'part-size'),
    stripPrefix: textFlag(settings, 'strip-prefix'),
    addPrefix: textFlag(settings, 'add-prefix'),
    tags: booleanFlag(settings, 'copy-tags') || undefined,
    storageClass: textFlag(settings, 'storage-class'),
    acl: choiceFlag(settings, 'acl'),
    serverSideEncryption: choiceFlag(settings, 'sse'),
    kmsKeyId: textFlag(settings, 'sse-kms-key-id'),
  }) as CopyOptions
}

/** What S3 takes as a part: https://docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html */
const partRange = { minimum: 5 * 2 ** 20, maximum: 5 * 2 ** 30 }

function partBytes(settings: Settings, name: 'multipart-threshold' | 'part-size'): number | undefined {
  if (textFlag(settings, name) === undefined) return undefined
  const setting = settings.flag(name)!
  const bytes = bytesOf(setting.value)
  if (bytes !== undefined && bytes >= partRange.minimum && bytes <= partRange.maximum) return bytes
  throw new CliError(
    'LAGOON_CLI_INVALID_VALUE',
    `${setting.origin} is ${JSON.stringify(printable(setting.value))}`,
    `Allowed: ${sizesAllowed}, from 5MiB to 5GiB.`,
  )
}

/** The caps of both sides, and who pays at the source. */
export function withTraffic<T extends { source: EndpointOptions; destination: EndpointOptions }>(
  endpoints: T,
  settings: Settings,
): T {
  const maxBytesPerSecond = numberFlag(settings, 'max-bytes-per-second')
  const maxRequestsPerSecond = numberFlag(settings, 'max-requests-per-second')
  const caps = given({ maxBytesPerSecond, maxRequestsPerSecond })
  const payer = booleanFlag(settings, 'requester-pays') ? { requesterPays: true } : {}
  return {
    ...endpoints,
    source: { ...endpoints.source, ...caps, ...payer },
    destination: { ...endpoints.destination, ...caps },
  }
}

function given<T extends object>(options: T): Partial<T> {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as Partial<T>
}
