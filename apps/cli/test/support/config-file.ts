import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { FileSettings } from '../../src/options/file-settings.js'
import { loadConfig } from '../../src/config/load-config.js'
import { createSettings, type Settings, type SettingSources } from '../../src/options/settings.js'
import { temporaryDirectory } from './temporary-directory.js'

/** A configuration file with this content, read with the profile. */
export function configOf(text: string, profile?: string, name = 'lagoon.config.yaml'): FileSettings {
  const path = join(temporaryDirectory(), name)
  writeFileSync(path, text)
  const chosen =
    profile === undefined ? undefined : ({ value: profile, origin: '--profile', from: 'flag' } as const)
  return loadConfig({ path, shown: name }, chosen)
}

/** Settings of a file, and what stands beside it. */
export function settingsOfFile(file: FileSettings, sources: Partial<SettingSources> = {}): Settings {
  return createSettings({ flags: {}, environment: {}, dotEnv: {}, ...sources, file })
}
