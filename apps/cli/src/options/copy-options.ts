import type { CopyOptions, EndpointOptions } from '@lagoon/sync'
import { booleanFlag, choiceFlag, numberFlag, sizeFlag, textFlag } from './flag-values.js'
import { given } from './given.js'
import type { Settings } from './settings.js'

/** How to copy objects, as far as it is configured; `@lagoon/transfer` decides the rest. */
export function resolveCopyOptions(settings: Settings): CopyOptions {
  return given({
    overwrite: choiceFlag(settings, 'overwrite'),
    verify: choiceFlag(settings, 'verification'),
    serverSideCopy: choiceFlag(settings, 'server-side-copy'),
    multipartThresholdBytes: sizeFlag(settings, 'multipart-threshold'),
    partSizeBytes: sizeFlag(settings, 'part-size'),
    stripPrefix: textFlag(settings, 'strip-prefix'),
    addPrefix: textFlag(settings, 'add-prefix'),
    tags: booleanFlag(settings, 'copy-tags') || undefined,
    storageClass: textFlag(settings, 'storage-class'),
    acl: choiceFlag(settings, 'acl'),
    serverSideEncryption: choiceFlag(settings, 'sse'),
    kmsKeyId: textFlag(settings, 'sse-kms-key-id'),
  })
}

/** The caps of both sides, and who pays at the source. */
export function withTraffic<T extends { source: EndpointOptions; destination: EndpointOptions }>(
  endpoints: T,
  settings: Settings,
): T {
  const maxBytesPerSecond = sizeFlag(settings, 'max-bytes-per-second')
  const maxRequestsPerSecond = numberFlag(settings, 'max-requests-per-second')
  const caps = given({ maxBytesPerSecond, maxRequestsPerSecond })
  const payer = booleanFlag(settings, 'requester-pays') ? { requesterPays: true } : {}
  return {
    ...endpoints,
    source: { ...endpoints.source, ...caps, ...payer },
    destination: { ...endpoints.destination, ...caps },
  }
}
