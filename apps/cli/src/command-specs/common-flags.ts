import { namesOf } from '../options/flags.js'
import { copyFlags } from '../options/flags/copying.js'
import { filterFlags } from '../options/flags/filters.js'
import { jobCapFlags, newJobFlags, queueFlags, workerFlags } from '../options/flags/queue.js'
import { storesUsage } from '../options/stores-by-position.js'
import { scheduleFlags } from '../options/flags/scheduling.js'

/** Both stores, for the commands that take them without a flag. */
export const stores = {
  positionals: { name: 'stores', usage: `[${storesUsage}]`, minimum: 0, maximum: 2 },
  takesStores: true,
} as const

/** Flags that every command takes. */
export const commonFlags = ['json', 'log-level', 'log-format', 'log-file'] as const

/** Flags of every command that has settings. */
export const settingFlags = ['config', 'profile', ...commonFlags] as const

/** Which state is meant: that of a directory, or that of a job on a queue. */
export const stateFlags = ['data-dir', ...namesOf(queueFlags)] as const

/** What a worker is to find as it was when the job was created. */
export const workedFlags = [
  'manifest-prefix',
  'manifest',
  'manifest-column',
  'all-versions',
  ...namesOf(filterFlags),
] as const

/** Which manifests are read, and which of their rows count. */
export const manifestFlags = [...workedFlags, 'shard', 'shard-by', 'list-concurrency'] as const

/** The job that is shared with other machines, and how this one works on it. */
export const jobFlags = [...namesOf(queueFlags), ...namesOf(newJobFlags), ...namesOf(workerFlags)] as const

/** The same for a command that copies. */
export const copyingJobFlags = [...jobFlags, ...namesOf(jobCapFlags)] as const

/** How objects are copied, and what a run tells: for every command that copies. */
export const copyRunFlags = [
  'min-concurrency',
  'max-concurrency',
  'concurrency',
  'no-controller',
  'controller-interval-s',
  'threads',
  'max-attempts',
  ...namesOf(copyFlags),
  ...namesOf(scheduleFlags),
  'report',
  'report-mode',
  'on-finish',
  'webhook',
  'require-work',
  'metrics-port',
  'metrics-host',
] as const
