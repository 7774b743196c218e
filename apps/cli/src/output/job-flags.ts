import type { StoreLocation } from '../options/stores-by-position.js'
import type { Settings } from '../options/settings.js'

const jobFlagNames = [
  'config',
  'profile',
  'data-dir',
  'shard',
  'queue',
  'queue-creds',
  'queue-ca-file',
  'queue-cert-file',
  'queue-key-file',
  'job',
] as const

/** What of this command line says which job is meant, for other commands about the same one: flags, and the stores if they stand there. */
export function jobFlags(settings: Settings): string[] {
  const { stores } = settings
  const given = jobFlagNames.flatMap((name) => {
    const setting = settings.flag(name)
    return setting?.from === 'flag' ? [`--${name}`, setting.value] : []
  })
  return stores === undefined ? given : [...given, ...[stores.source, stores.destination].map(uriOf)]
}

function uriOf({ bucket, prefix }: StoreLocation): string {
  return `s3://${bucket.value}${prefix.value === '' ? '' : `/${prefix.value}`}`
}
