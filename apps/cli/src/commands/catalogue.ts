import { commonFlags, type FlagName } from '../options/flags.js'
import type { CommandModule } from './command.js'

/** What is known of a command without loading it. */
export interface CommandSpec {
  readonly describe: string
  readonly flags: readonly FlagName[]
  /**
   * When a first signal lets work in flight finish, `once started` meaning from the run's `start` event on. At any other time,
   * and for other commands, it ends the process at once.
   */
  readonly drains?: 'always' | 'once started'
  /** What stands after the name, as the help shows it, and how many there may be. */
  readonly positionals?: { readonly usage: string; readonly minimum: number; readonly maximum: number }
  readonly examples?: readonly (readonly [command: string, what: string])[]
  load(): Promise<CommandModule>
}

export const commands = {
  sync: {
    describe: 'Copy every object that the manifests name (this is what `lagoon` alone does)',
    flags: [
      'manifest-prefix',
      'manifest-column',
      'data-dir',
      'min-concurrency',
      'max-concurrency',
      'concurrency',
      'no-controller',
      'controller-interval-s',
      'max-attempts',
      'dry-run',
      'report',
      ...commonFlags,
    ],
    examples: [
      ['lagoon --dry-run', 'how much there is to do'],
      ['lagoon --data-dir state --max-concurrency 512', 'copy; repeat the command to resume'],
      ['lagoon --json --report run.parquet', 'events for a machine, a row for each object'],
    ],
    drains: 'once started',
    load: () => import('./sync.js'),
  },
  demo: {
    describe: 'Copy a sample lake between two stores on this machine, interrupt it, resume, compare',
    flags: [...commonFlags],
    drains: 'always',
    load: () => import('./demo.js'),
  },
} as const satisfies Record<string, CommandSpec>

export type CommandName = keyof typeof commands

export const commandNames = Object.keys(commands) as CommandName[]

export function isCommandName(name: string): name is CommandName {
  return Object.hasOwn(commands, name)
}
