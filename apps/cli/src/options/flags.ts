import type { Flag } from './flags/flag.js'
import { queryFlags } from './flags/queries.js'
import { configFlags } from './flags/configuring.js'
import { copyFlags } from './flags/copying.js'
import { createFlags } from './flags/creating.js'
import { estimateFlags } from './flags/estimating.js'
import { filterFlags } from './flags/filters.js'
import { initFlags } from './flags/initialising.js'
import { manifestFlags } from './flags/manifests.js'
import {
  idleFlags,
  jobCapFlags,
  newJobFlags,
  queueCheckFlags,
  queueFlags,
  workerFlags,
} from './flags/queue.js'
import { runFlags } from './flags/running.js'
import { scheduleFlags } from './flags/scheduling.js'
import { outputFlags } from './flags/output.js'
import { verifyFlags } from './flags/verifying.js'

/** Every flag there is. */
export const flags = {
  ...manifestFlags,
  ...filterFlags,
  ...copyFlags,
  ...runFlags,
  ...scheduleFlags,
  ...queueFlags,
  ...queueCheckFlags,
  ...newJobFlags,
  ...jobCapFlags,
  ...workerFlags,
  ...idleFlags,
  ...outputFlags,
  ...verifyFlags,
  ...queryFlags,
  ...configFlags,
  ...estimateFlags,
  ...createFlags,
  ...initFlags,
} as const satisfies Record<string, Flag>

export type FlagName = keyof typeof flags

/** Under which title the help shows each flag. */
export const flagGroups = Object.fromEntries(
  (
    [
      ['Which objects:', { ...manifestFlags, ...filterFlags }],
      ['How they are copied:', copyFlags],
      ['The run:', { ...runFlags, ...scheduleFlags }],
      [
        'Many machines:',
        { ...queueFlags, ...queueCheckFlags, ...newJobFlags, ...jobCapFlags, ...workerFlags, ...idleFlags },
      ],
      ['Reports and logs:', outputFlags],
      ['Settings:', configFlags],
      ['This command:', { ...verifyFlags, ...queryFlags, ...estimateFlags, ...createFlags, ...initFlags }],
    ] as const
  ).flatMap(([title, group]) => Object.keys(group).map((name) => [name, title])),
) as Readonly<Record<FlagName, string>>

export const flagNames = Object.keys(flags) as FlagName[]

/** Flags that a variable can stand for. */
export const settingNames = flagNames.filter((name) => !('commandLineOnly' in flags[name]))

export function isFlagName(name: string): name is FlagName {
  return Object.hasOwn(flags, name)
}

/** `max-attempts` → `LAGOON_MAX_ATTEMPTS` */
export function variableOf(flag: FlagName): string {
  return `LAGOON_${flag.toUpperCase().replaceAll('-', '_')}`
}

/** The names of a group of flags. */
export function namesOf<Group extends object>(group: Group): readonly (keyof Group)[] {
  return Object.keys(group) as (keyof Group)[]
}
