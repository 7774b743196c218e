import { CliError } from '../errors/cli-error.js'
import { textFlag } from '../options/flag-values.js'
import type { Settings } from '../options/settings.js'

/** Who is notified when a run ends. */
export interface FinishHooks {
  readonly command: string | undefined
  readonly url: string | undefined
}

/** @throws CliError LAGOON_CLI_INVALID_VALUE for a webhook that is not an http or https URL */
export function resolveFinishHooks(settings: Settings): FinishHooks {
  const url = textFlag(settings, 'webhook')
  if (url !== undefined && !/^https?:\/\/./i.test(url)) {
    throw new CliError(
      'LAGOON_CLI_INVALID_VALUE',
      `${settings.flag('webhook')!.origin} is not an http or https URL`,
      'Use a URL such as https://hooks.example.com/lagoon.',
    )
  }
  return { command: textFlag(settings, 'on-finish'), url }
}
