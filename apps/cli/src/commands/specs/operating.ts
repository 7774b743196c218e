import type { CommandSpec } from '../command-spec.js'
import { copyRunFlags, settingFlags } from './common-flags.js'

/** Commands about a run and what came of it, beside it or after it. */
export const operatingCommands = {
  'ctl status': {
    describe: 'Ask the run under way: figures, limits in force, schedule',
    flags: ['data-dir', ...settingFlags],
  },
  'ctl pause': {
    describe: 'Hold the run under way: what is in flight finishes, nothing new begins',
    flags: ['data-dir', ...settingFlags],
  },
  'ctl resume': {
    describe: 'Let a paused run go on',
    flags: ['data-dir', ...settingFlags],
  },
  'ctl set': {
    describe: 'Change the run under way, until its end: bounds, caps, schedule, log level; none lifts a cap',
    flags: ['data-dir', ...settingFlags],
    positionals: { usage: '<NAME=VALUE ...>', minimum: 1, maximum: 20 },
    examples: [
      ['lagoon ctl set max-concurrency=64 max-bytes-per-second=50MB', 'leave room for others'],
      ['lagoon ctl set max-bytes-per-second=none log-level=debug', 'no cap, and say more'],
    ],
  },
  status: {
    describe: 'How far it is: the run under way, what is complete and failed, runs before, each manifest',
    flags: ['data-dir', 'limit', 'key', ...settingFlags],
    examples: [
      ['lagoon status --key data/a.bin', 'whether this object was copied: COMPLETED or FAILED, and why'],
    ],
  },
  failures: {
    describe: 'What failed and why: counts by class and code, and the objects; --retry tries them again',
    flags: [
      'data-dir',
      'class',
      'code',
      'manifest',
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
      ['lagoon failures --retry --class transient', 'once more what failed for a passing reason'],
      ['lagoon failures --code NoSuchKey', 'the objects that the source does not have'],
      ['lagoon failures --export failed.jsonl', 'all of them, for another tool'],
      ['lagoon failures --export failed.parquet --as manifest', 'manifests for another job'],
    ],
  },
} as const satisfies Record<string, CommandSpec>
