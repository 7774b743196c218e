import type { Flag } from '../flag.js'

/** Which configuration file, and which profile of it. */
export const configFlags = {
  config: {
    kind: 'text',
    valueName: 'FILE',
    describe: 'Configuration file, YAML or JSON',
    defaultText: 'lagoon.config.json, .yaml or .yml in the working directory, if there is one',
  },
  profile: {
    kind: 'text',
    valueName: 'NAME',
    describe: 'Profile of the configuration file whose settings come before those of the file',
  },
} as const satisfies Record<string, Flag>
