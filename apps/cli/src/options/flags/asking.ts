import type { Flag } from '../flag.js'

/** What is asked of the state. */
export const askFlags = {
  class: {
    kind: 'choice',
    choices: ['missing', 'permanent', 'transient', 'throttle', 'row'],
    commandLineOnly: true,
    describe: 'Only failures of this class',
  },
  code: { kind: 'text', valueName: 'CODE', commandLineOnly: true, describe: 'Only failures with this code' },
  limit: {
    kind: 'integer',
    minimum: 0,
    maximum: 1_000_000,
    commandLineOnly: true,
    describe: 'Lines of a list that are shown to a person; --json and --export give all',
    defaultText: '20',
  },
  retry: {
    kind: 'boolean',
    commandLineOnly: true,
    describe: 'Try the recorded failures again now, those of --class, --code, --manifest where given',
  },
  export: {
    kind: 'text',
    valueName: 'FILE',
    commandLineOnly: true,
    describe: 'Write a row for each failure to FILE, .parquet or .jsonl by its name',
  },
  as: {
    kind: 'choice',
    choices: ['report', 'manifest'],
    commandLineOnly: true,
    describe:
      'What --export writes: a report with codes and messages, or manifests of these objects, FILE-00001.parquet …',
    defaultText: 'report',
  },
  key: {
    kind: 'text',
    valueName: 'KEY',
    commandLineOnly: true,
    repeatable: true,
    describe: 'This object, as the manifest names it; may be given several times',
  },
  failed: {
    kind: 'boolean',
    commandLineOnly: true,
    describe: 'Every manifest with failures: read it again, and try what failed in it',
  },
} as const satisfies Record<string, Flag>
