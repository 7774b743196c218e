import { createSettings, type Settings } from '../../src/options/settings.js'

/** Settings out of flags and variables; the two required buckets are there unless they are overridden. */
export function settingsOf(
  flags: Record<string, string | boolean | readonly string[]> = {},
  environment: Record<string, string | undefined> = {},
  dotEnv: Record<string, string | undefined> = {},
): Settings {
  return createSettings({
    flags,
    environment: { LAGOON_SOURCE_BUCKET: 'lake', LAGOON_DESTINATION_BUCKET: 'copy', ...environment },
    dotEnv,
  })
}
