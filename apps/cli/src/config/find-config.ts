import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { CliError } from '../errors/cli-error.js'
import { textFlag } from '../options/flag-values.js'
import type { Settings } from '../options/settings.js'

const names = ['lagoon.config.json', 'lagoon.config.yaml', 'lagoon.config.yml'] as const

/** A configuration file, and its name in messages. */
export interface FoundConfig {
  readonly path: string
  readonly shown: string
}

/** The user's own file, for directories without one: `~/.config/lagoon/config.yaml`. */
function ofUser({ XDG_CONFIG_HOME, HOME }: NodeJS.ProcessEnv): FoundConfig | undefined {
  const base = XDG_CONFIG_HOME || (HOME ? join(HOME, '.config') : undefined)
  const path = base === undefined ? undefined : join(base, 'lagoon', 'config.yaml')
  return path !== undefined && existsSync(path) ? { path, shown: path } : undefined
}

/**
 * The file that `--config` names, else the one in the directory, else the user's own; undefined when there is none.
 * @throws CliError LAGOON_CLI_CONFLICT if the directory has several, LAGOON_CLI_MISSING_SETTING if a profile is set and there is no
 *   file
 */
export function findConfig(settings: Settings, directory: string): FoundConfig | undefined {
  const named = textFlag(settings, 'config')
  if (named !== undefined) return { path: resolve(directory, named), shown: named }
  const present = names.filter((name) => existsSync(join(directory, name)))
  if (present.length > 1) {
    throw new CliError(
      'LAGOON_CLI_CONFLICT',
      `found ${present.join(' and ')}, but only one may exist`,
      'Remove one of them, or choose one with --config.',
    )
  }
  const [name] = present
  if (name !== undefined) return { path: join(directory, name), shown: name }
  const own = ofUser(process.env)
  if (own !== undefined) return own
  const profile = settings.flag('profile')
  if (profile !== undefined) {
    throw new CliError(
      'LAGOON_CLI_MISSING_SETTING',
      `${profile.origin} names a profile, but there is no configuration file`,
      `Create ${names[1]}, or name a file with --config.`,
    )
  }
  return undefined
}
