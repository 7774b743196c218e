import type { CommandSpec } from '../command-spec.js'
import { settingFlags } from './common-flags.js'

/** Commands about the data directory. */
export const stateCommands = {
  'state forget': {
    describe: 'Make the next run check keys or manifests again',
    flags: ['data-dir', 'key', 'manifest', 'failed', ...settingFlags],
    positionals: { name: 'keys', usage: '[KEY ...]', minimum: 0, maximum: 10_000 },
    examples: [['lagoon state forget data/a.bin', 'copy this object again in the next run']],
  },
  'state compact': {
    describe: 'Return unused disk space of the data directory',
    flags: ['data-dir', ...settingFlags],
  },
} as const satisfies Record<string, CommandSpec>
