import type { Flag } from './flag.js'

const file = { kind: 'text', valueName: 'FILE' } as const

/** Where the queue of a job on many machines is, and which job is meant: for every command that works on one. */
export const queueFlags = {
  queue: {
    kind: 'text',
    valueName: 'URL',
    describe:
      'Share the job with other machines over this NATS server: nats://host:4222, tls://, ws://, wss://',
    defaultText: 'none: one machine, and a state directory',
  },
  'queue-creds': { ...file, describe: 'NATS credentials file for --queue' },
  'queue-ca-file': {
    ...file,
    describe: 'PEM file of certificate authorities for --queue',
    defaultText: "the system's",
  },
  'queue-cert-file': { ...file, describe: 'PEM file of the client certificate for --queue (mutual TLS)' },
  'queue-key-file': { ...file, describe: 'PEM file of the key of --queue-cert-file' },
  job: {
    kind: 'text',
    valueName: 'NAME',
    describe: 'Name of the job on the queue: 1 to 64 letters, digits, underscores and hyphens',
    defaultText: 'derived from the two buckets and the key mapping',
  },
} as const satisfies Record<string, Flag>

/** What only a check of the queue needs. */
export const queueCheckFlags = {
  'queue-monitor': {
    kind: 'text',
    valueName: 'URL',
    describe: "Monitoring address of the queue's server, which says how it writes to disk",
    defaultText: 'http://HOST:8222 of the server',
  },
} as const satisfies Record<string, Flag>

/** How a new job is set up; one that exists keeps its own. */
export const newJobFlags = {
  'lease-s': {
    kind: 'number',
    minimum: 1,
    maximum: 600,
    describe: 'Seconds until another worker takes over the work of one that died',
    defaultText: '30',
  },
  'item-rows': {
    kind: 'integer',
    minimum: 1,
    maximum: 65_536,
    describe: 'Rows that a worker takes at a time',
    defaultText: 'a thousandth of the job, 1,024 to 65,536',
  },
  'queue-replicas': {
    kind: 'integer',
    minimum: 1,
    maximum: 5,
    describe: 'Servers that store the job',
    defaultText: '3 where the queue has three servers, else 1',
  },
} as const satisfies Record<string, Flag>

/** What holds for all workers of a job together, until `ctl set` changes it. */
export const jobCapFlags = {
  'job-max-bytes-per-second': {
    kind: 'size',
    minimum: 1,
    maximum: 1e12,
    describe: 'Limit bandwidth per side for all workers together: 10GB',
  },
  'job-max-requests-per-second': {
    kind: 'integer',
    minimum: 1,
    maximum: 100_000_000,
    describe: 'Limit requests per second and side for all workers together',
  },
} as const satisfies Record<string, Flag>

/** How one worker of a job behaves. */
export const workerFlags = {
  'checkpoint-interval-s': {
    kind: 'number',
    minimum: 0.1,
    maximum: 60,
    describe: 'Seconds between two checkpoints; a killed worker loses at most that much',
    defaultText: '1',
  },
  'queue-patience-s': {
    kind: 'number',
    minimum: 0,
    maximum: 86_400,
    describe: 'Seconds that a worker waits for a queue that does not answer',
    defaultText: '600',
  },
} as const satisfies Record<string, Flag>

/** For workers that come and go with the work. */
export const idleFlags = {
  'idle-exit': {
    kind: 'text',
    valueName: 'TIME',
    describe: 'Exit with 0 after this long without work: 30s, 5m, 1h',
    defaultText: 'stay until the job is over',
  },
} as const satisfies Record<string, Flag>
