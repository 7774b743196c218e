import type { Flag } from './flag.js'

/** Highest allowed number of requests in flight in one process. */
export const highestConcurrency = 16_384

const concurrency = { kind: 'integer', minimum: 1, maximum: highestConcurrency } as const

/** Flags of running: state, concurrency, retries. */
export const runFlags = {
  'data-dir': {
    kind: 'text',
    valueName: 'DIRECTORY',
    describe: 'State directory; use one per pair of buckets',
    defaultText: 'data',
  },
  'min-concurrency': {
    ...concurrency,
    describe: 'Lower bound of objects or parts in flight',
    defaultText: '16, or less for a store that cannot serve that many',
  },
  'max-concurrency': {
    ...concurrency,
    describe: 'Upper bound of objects or parts in flight',
    defaultText: '1024',
  },
  concurrency: { ...concurrency, describe: 'Fixed number in flight; turns the controller off' },
  'no-controller': {
    kind: 'boolean',
    describe: 'Fixed number in flight: --max-concurrency, else 64',
  },
  'controller-interval-s': {
    kind: 'number',
    minimum: 0.05,
    maximum: 3600,
    describe: 'Longest time between two adjustments, in seconds',
    defaultText: "the controller's own",
  },
  threads: {
    kind: 'integer',
    minimum: 1,
    maximum: 64,
    describe: 'Copy threads, each with its own connections; more pay off where cores are idle',
    defaultText: 'a quarter of the cores, at most 8',
  },
  'max-attempts': {
    kind: 'integer',
    minimum: 1,
    maximum: 100,
    describe: 'Attempts per object or part before it fails',
    defaultText: '5',
  },
  shard: {
    kind: 'text',
    valueName: 'I/N',
    describe: 'Copy one of N parts, for example 3/16 (from 0); auto: the index of a Kubernetes or Slurm job',
  },
  'shard-by': {
    kind: 'choice',
    choices: ['key', 'row-group'],
    describe: 'key: a key named twice is copied once; row-group: each shard reads 1/N of the manifests',
    defaultText: 'key',
  },
  watch: {
    kind: 'text',
    valueName: 'INTERVAL',
    valueAlone: '60s',
    describe: 'Keep watching for new manifests; wait this long between scans: 30s, 5m, 1h',
    defaultText: 'one scan; --watch alone: 60s',
  },
  'dry-run': { kind: 'boolean', describe: 'Show what would be copied; change nothing' },
} as const satisfies Record<string, Flag>
