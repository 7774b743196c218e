import type { BooleanFlagName } from '../options/flag-values.js'
import type { FlagName } from '../options/flags.js'

/** What is known of a command without loading it. */
export interface CommandSpec {
  readonly describe: string
  readonly flags: readonly FlagName[]
  /**
   * When a first signal lets work in flight finish, `once started` meaning from the run's `start` event on. At any other time,
   * and for other commands, it ends the process at once.
   */
  readonly drains?: 'always' | 'once started'
  /** The last line under `--json` is the summary of a run, also where it is cut off. */
  readonly copies?: true
  /** The command drains only with this flag; without it the rest is a question that ends at once. */
  readonly drainsWith?: BooleanFlagName
  /** Its log is made of lines for people wherever it goes, unless told otherwise. */
  readonly forPeople?: true
  /** What stands after the name, as the help shows it, and how many there may be. */
  readonly positionals?: {
    /** One of them. */
    readonly name: string
    readonly usage: string
    readonly minimum: number
    readonly maximum: number
    /** All that may stand there, for the completion of shells. */
    readonly choices?: readonly string[]
  }
  /** What stands after the name is the two stores. */
  readonly takesStores?: true
  readonly examples?: readonly (readonly [command: string, what: string])[]
}
