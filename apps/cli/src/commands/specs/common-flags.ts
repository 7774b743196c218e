import { namesOf } from '../../options/flags.js'
import { copyFlags } from '../../options/flags/copying.js'
import { scheduleFlags } from '../../options/flags/scheduling.js'

/** Flags that every command takes. */
export const commonFlags = ['json', 'log-level', 'log-format', 'log-file'] as const

/** Flags of every command that has settings. */
export const settingFlags = ['config', 'profile', ...commonFlags] as const

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
  'metrics-port',
  'metrics-host',
] as const
