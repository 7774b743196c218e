import { namesOf } from '../options/flags.js'
import { queueFlags } from '../options/flags/queue.js'
import type { CommandSpec } from './command-spec.js'
import { settingFlags } from './common-flags.js'

const flags = [...namesOf(queueFlags), ...settingFlags] as const

/** Commands about jobs on a queue as a whole. */
export const jobCommands = {
  'job list': {
    describe: 'List the jobs of a queue with their progress',
    flags,
    examples: [['lagoon job list --queue nats://nats:4222', 'every job that this user may see']],
  },
  'job delete': {
    describe: 'Delete what the queue knows of a job; objects stay',
    flags: ['force', ...flags],
    positionals: { name: 'name', usage: '[JOB]', minimum: 0, maximum: 1 },
  },
  'job export': {
    describe: 'Write all records of a job to a file, as a backup',
    flags,
    positionals: { name: 'file', usage: '<FILE>', minimum: 1, maximum: 1 },
    examples: [['lagoon job export lake.ndjson --queue nats://nats:4222 --job lake', 'pause the job first']],
  },
  'job import': {
    describe: 'Create a job from an export',
    flags: ['queue-replicas', ...flags],
    positionals: { name: 'file', usage: '<FILE>', minimum: 1, maximum: 1 },
    examples: [['lagoon job import lake.ndjson --queue nats://other:4222 --job lake', 'on another queue']],
  },
} as const satisfies Record<string, CommandSpec>
