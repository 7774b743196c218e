import type { Flag } from '../flag.js'

/** Most requests in flight that one process may be told to have. */
export const highestConcurrency = 16_384

const concurrency = { kind: 'integer', minimum: 1, maximum: highestConcurrency } as const

/** How a run goes: its state, how much at once, how often again. */
export const runFlags = {
  'data-dir': {
    kind: 'text',
    valueName: 'DIRECTORY',
    describe: 'Directory that remembers what is done; one for each pair of buckets',
    defaultText: 'data',
  },
  'min-concurrency': {
    ...concurrency,
    describe: 'Lower bound of the controller, objects or parts in flight',
    defaultText: '16, and less for a store that cannot serve as many',
  },
  'max-concurrency': {
    ...concurrency,
    describe: 'Upper bound of the controller, objects or parts in flight',
    defaultText: '1024',
  },
  concurrency: { ...concurrency, describe: 'Fixed number in flight; switches the controller off' },
  'no-controller': {
    kind: 'boolean',
    describe: 'Fixed number in flight: --max-concurrency if given, else 64',
  },
  'controller-interval-s': {
    kind: 'number',
    minimum: 0.05,
    maximum: 3600,
    describe: 'Longest time between two adjustments, seconds',
    defaultText: "the controller's own",
  },
  threads: {
    kind: 'integer',
    minimum: 1,
    maximum: 64,
    describe: 'Threads that copy, each with connections of its own',
    defaultText: 'a quarter of the cores, at most 8',
  },
  'max-attempts': {
    kind: 'integer',
    minimum: 1,
    maximum: 100,
    describe: 'Attempts for each object or part before it counts as failed',
    defaultText: '5',
  },
  watch: {
    kind: 'text',
    valueName: 'INTERVAL',
    valueAlone: '60s',
    describe: 'Go on looking for new manifests until stopped, so long after each look: 30s, 5m, 1h',
    defaultText: 'one look; --watch alone: 60s',
  },
  'dry-run': { kind: 'boolean', describe: 'Say what a run would copy, touch nothing' },
} as const satisfies Record<string, Flag>
