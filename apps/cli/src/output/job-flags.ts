import type { Settings } from '../options/settings.js'

const jobFlagNames = [
  'config',
  'profile',
  'data-dir',
  'queue',
  'queue-creds',
  'queue-ca-file',
  'queue-cert-file',
  'queue-key-file',
  'job',
] as const

/** The flags of this command line that say which job is meant, for other commands about the same one. */
export function jobFlags(settings: Settings): string[] {
  return jobFlagNames.flatMap((name) => {
    const setting = settings.flag(name)
    return setting?.from === 'flag' ? [`--${name}`, setting.value] : []
  })
}
