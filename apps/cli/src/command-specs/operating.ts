import type { CommandSpec } from './command-spec.js'
import { copyRunFlags, settingFlags, stateFlags, stores } from './common-flags.js'

/** Commands about a run and what came of it, beside it or after it. */
export const operatingCommands = {
  'ctl status': {
    describe: 'Show figures, limits and schedule of the running sync',
    flags: [...stateFlags, 'shard', 'worker', ...settingFlags],
  },
  'ctl pause': {
    describe: 'Pause the running sync; what is in flight finishes',
    flags: [...stateFlags, 'shard', 'worker', ...settingFlags],
    examples: [['lagoon ctl pause --queue nats://nats:4222', 'all workers of the job; --worker ID for one']],
  },
  'ctl resume': {
    describe: 'Resume a paused sync',
    flags: [...stateFlags, 'shard', 'worker', ...settingFlags],
  },
  'ctl set': {
    describe: 'Change limits, schedule or log level of the running sync',
    flags: [...stateFlags, 'shard', 'worker', ...settingFlags],
    positionals: { name: 'changes', usage: '<NAME=VALUE ...>', minimum: 1, maximum: 20 },
    examples: [
      ['lagoon ctl set max-concurrency=64 max-bytes-per-second=50MB', 'leave capacity for others'],
      ['lagoon ctl set max-bytes-per-second=none log-level=debug', 'remove the cap and log more'],
    ],
  },
  status: {
    describe: 'Show progress, past runs and manifests',
    flags: [...stateFlags, 'shard', 'limit', 'key', 'follow', ...settingFlags],
    examples: [
      ['lagoon status --key data/a.bin', 'was this object copied? COMPLETED, or FAILED and why'],
      ["lagoon status --data-dir 'data/*'", 'the sum of all shards on this machine'],
      ['lagoon status --follow --queue nats://nats:4222', 'a job on many machines, until it is over'],
    ],
  },
  runs: {
    describe: 'List past runs with outcome, rates and reason',
    flags: ['data-dir', 'shard', 'limit', ...settingFlags],
  },
  failures: {
    ...stores,
    describe: 'List what failed and why; --retry tries again',
    flags: [
      ...stateFlags,
      'class',
      'code',
      'manifest',
      'shard',
      'shard-by',
      'limit',
      'export',
      'as',
      'retry',
      ...copyRunFlags,
      ...settingFlags,
    ],
    drains: 'once started',
    copies: true,
    drainsWith: 'retry',
    examples: [
      ['lagoon failures --retry --class transient', 'retry what failed temporarily'],
      ['lagoon failures --code NoSuchKey', 'objects that are missing at the source'],
      ['lagoon failures --export failed.jsonl', 'export all failures for another tool'],
      ['lagoon failures --export failed.parquet --as manifest', 'export manifests for another job'],
    ],
  },
} as const satisfies Record<string, CommandSpec>
