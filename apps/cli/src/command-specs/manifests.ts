import type { CommandSpec } from './command-spec.js'
import { settingFlags } from './common-flags.js'

/** Commands about manifests. */
export const manifestCommands = {
  'manifest inspect': {
    describe: 'Show the columns, rows and row groups of manifests',
    flags: ['manifest-prefix', 'manifest-column', 'every-row', 'limit', ...settingFlags],
    positionals: { name: 'manifests', usage: '[MANIFEST ...]', minimum: 0, maximum: 100 },
  },
  'manifest create': {
    describe: 'Create manifests from a listing, a list of keys or a database',
    flags: [
      'from',
      'manifest-column',
      'from-table',
      'from-column',
      'from-query',
      'cut-prefix',
      'max-rows',
      'only-new',
      'order',
      'list-concurrency',
      'output',
      'rows-per-file',
      'upload',
      'manifest-prefix',
      ...settingFlags,
    ],
    positionals: { name: 'prefixes', usage: '[PREFIX ...]', minimum: 0, maximum: 1000 },
    examples: [
      ['lagoon manifest create photos/ tables/ --upload', 'list two prefixes for the next sync'],
      ['lagoon manifest create --from keys.csv', 'from a list, with its sizes, ETags and times'],
      [
        'lagoon manifest create --from-table files --from-column path --only-new --upload',
        'only keys that no manifest names yet',
      ],
    ],
  },
} as const satisfies Record<string, CommandSpec>
