import type { CommandSpec } from './command-spec.js'
import { settingFlags, stateFlags, stores } from './common-flags.js'

/** Commands about the data directory. */
export const stateCommands = {
  'state forget': {
    describe: 'Make the next run check keys or manifests again',
    flags: [...stateFlags, 'shard', 'key', 'manifest', 'failed', ...settingFlags],
    positionals: { name: 'keys', usage: '[KEY ...]', minimum: 0, maximum: 10_000 },
    examples: [['lagoon state forget data/a.bin', 'copy this object again in the next run']],
  },
  'state move': {
    ...stores,
    describe: 'Keep the data directory for the same buckets under other addresses or aliases',
    flags: ['data-dir', 'strip-prefix', 'add-prefix', 'shard', 'shard-by', ...settingFlags],
    examples: [['LAGOON_SOURCE_ALIAS=main lagoon state move', 'rename the source to main']],
  },
  'state compact': {
    describe: 'Return unused disk space of the data directory',
    flags: ['data-dir', 'shard', ...settingFlags],
  },
} as const satisfies Record<string, CommandSpec>
