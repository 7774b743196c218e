import type { CommandSpec } from '../command-spec.js'
import { settingFlags } from './common-flags.js'

/** Commands about the data directory. */
export const stateCommands = {
  'state forget': {
    describe: 'Make the next run look again: at keys, at manifests, or at whatever failed',
    flags: ['data-dir', 'key', 'manifest', 'failed', ...settingFlags],
    positionals: { usage: '[KEY ...]', minimum: 0, maximum: 10_000 },
    examples: [['lagoon state forget data/a.bin', 'copy this object again in the next run']],
  },
  'state compact': {
    describe: 'Give the disk space back that the data directory no longer needs',
    flags: ['data-dir', ...settingFlags],
  },
} as const satisfies Record<string, CommandSpec>
