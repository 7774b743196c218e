import type { CommandSpec } from './command-spec.js'
import {
  copyRunFlags,
  jobFlags,
  manifestFlags,
  settingFlags,
  stateFlags,
  stores,
  workedFlags,
} from './common-flags.js'

/** Commands that go through manifests, and what stopped runs left behind. */
export const copyingCommands = {
  sync: {
    describe: 'Copy what manifests or a listing name (default)',
    ...stores,
    flags: [
      ...manifestFlags,
      'rescan',
      'data-dir',
      ...copyRunFlags,
      'watch',
      'dry-run',
      ...jobFlags,
      ...settingFlags,
    ],
    examples: [
      ['lagoon s3://lake/photos s3://copy/photos', 'list the source and copy it, without manifests'],
      ['lagoon --dry-run', 'how much there is to do'],
      ['lagoon --data-dir state --max-concurrency 512', 'copy; repeat the command to resume'],
      ['lagoon --json --report run.parquet', 'events for programs, one row per object'],
      ['find-keys | lagoon --manifest -', 'copy the keys that another program prints'],
      ['lagoon --watch 5m', 'also copy what new manifests name, until stopped'],
      ['lagoon --queue nats://nats:4222', 'on each of several machines: one job for all of them'],
    ],
    drains: 'once started',
    copies: true,
  },
  worker: {
    describe: 'Work on a job that a queue has already',
    flags: [...workedFlags, ...copyRunFlags, ...jobFlags, 'idle-exit', ...settingFlags],
    examples: [
      ['lagoon worker --queue nats://nats:4222 --idle-exit 5m', 'until there was no work for five minutes'],
    ],
    drains: 'once started',
    copies: true,
  },
  plan: {
    describe: 'Estimate a run: objects, bytes, requests, time, cost',
    ...stores,
    flags: [
      ...manifestFlags,
      'rescan',
      'multipart-threshold',
      'part-size',
      'data-dir',
      'price-get-1000',
      'price-put-1000',
      'price-egress-gb',
      ...settingFlags,
    ],
    examples: [
      ['lagoon plan --price-put-1000 0.005 --price-egress-gb 0.09', 'include the cost at these prices'],
    ],
    drains: 'once started',
  },
  verify: {
    describe: 'Check that every object is at the destination',
    ...stores,
    flags: [
      ...manifestFlags,
      'strip-prefix',
      'add-prefix',
      'compare',
      'min-concurrency',
      'max-concurrency',
      'concurrency',
      'no-controller',
      'controller-interval-s',
      'max-attempts',
      'max-requests-per-second',
      'requester-pays',
      'report',
      'report-mode',
      ...settingFlags,
    ],
    examples: [
      [
        'lagoon verify --compare checksum,metadata --report verify.parquet',
        'compare everything and write a report',
      ],
    ],
    drains: 'once started',
  },
  cleanup: {
    ...stores,
    describe: 'Abort multipart uploads left by stopped runs',
    flags: [...stateFlags, 'strip-prefix', 'add-prefix', 'shard', 'shard-by', 'dry-run', ...settingFlags],
    examples: [['lagoon cleanup --dry-run', 'list the uploads without aborting them']],
  },
} as const satisfies Record<string, CommandSpec>
