import type { Flag } from './flag.js'

/** What is asked of the state. */
export const queryFlags = {
  class: {
    kind: 'choice',
    choices: ['missing', 'permanent', 'transient', 'throttle', 'row'],
    commandLineOnly: true,
    describe: 'Only failures of this class',
  },
  code: { kind: 'text', valueName: 'CODE', commandLineOnly: true, describe: 'Only failures with this code' },
  follow: {
    kind: 'boolean',
    commandLineOnly: true,
    describe: 'Show it again every two seconds until the run or the job is over',
  },
  worker: {
    kind: 'text',
    valueName: 'ID',
    commandLineOnly: true,
    describe: 'With --queue: this worker instead of all; `lagoon status` shows the ids',
  },
  workers: {
    kind: 'integer',
    minimum: 2,
    maximum: 16,
    commandLineOnly: true,
    describe: 'With so many workers over a NATS server, one of which is killed',
    defaultText: 'one process, without a queue',
  },
  force: {
    kind: 'boolean',
    commandLineOnly: true,
    describe: 'Also while workers are working on it',
  },
  limit: {
    kind: 'integer',
    minimum: 0,
    maximum: 1_000_000,
    commandLineOnly: true,
    describe: 'Rows to show; --json and --export give all',
    defaultText: '20',
  },
  retry: {
    kind: 'boolean',
    commandLineOnly: true,
    describe: 'Retry the recorded failures now, filtered by --class, --code, --manifest',
  },
  export: {
    kind: 'text',
    valueName: 'FILE',
    commandLineOnly: true,
    describe: 'Write one row per failure to FILE (.parquet or .jsonl)',
  },
  as: {
    kind: 'choice',
    choices: ['report', 'manifest'],
    commandLineOnly: true,
    describe: 'What --export writes: a report, or manifests FILE-00001.parquet ...',
    defaultText: 'report',
  },
  key: {
    kind: 'text',
    valueName: 'KEY',
    commandLineOnly: true,
    repeatable: true,
    describe: 'This object, as the manifest names it; repeatable',
  },
  failed: {
    kind: 'boolean',
    commandLineOnly: true,
    describe: 'Every manifest with failures: read it again and retry what failed',
  },
} as const satisfies Record<string, Flag>
