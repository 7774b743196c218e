import type { Flag } from './flag.js'

/** Which configuration file, and which profile of it. */
export const configFlags = {
  config: {
    kind: 'text',
    valueName: 'FILE',
    describe: 'Configuration file, YAML or JSON',
    defaultText: 'lagoon.config.yaml, if there is one',
  },
  profile: {
    kind: 'text',
    valueName: 'NAME',
    describe: 'Profile of the configuration file to use',
  },
  install: {
    kind: 'boolean',
    commandLineOnly: true,
    describe: 'Install the script in your home directory',
  },
} as const satisfies Record<string, Flag>
