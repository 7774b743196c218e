import type { BooleanFlagName } from '../options/flag-values.js'
import type { FlagName } from '../options/flags.js'

/** What is known about a command without loading it. */
export interface CommandSpec {
  readonly describe: string
  readonly flags: readonly FlagName[]
  /**
   * When a first signal lets work in flight finish; `once started` means from the run's `start` event on. At any other time, and for
   * other commands, it ends the process immediately.
   */
  readonly drains?: 'always' | 'once started'
  /** The last line under `--json` is the summary of a run, even if it is interrupted. */
  readonly copies?: true
  /** The command drains only with this flag; otherwise it is a query that ends immediately. */
  readonly drainsWith?: BooleanFlagName
  /** Its log is text for people, unless configured otherwise. */
  readonly forPeople?: true
  /** Positional arguments as the help shows them, and how many there may be. */
  readonly positionals?: {
    /** One of them. */
    readonly name: string
    readonly usage: string
    readonly minimum: number
    readonly maximum: number
    /** All possible values, for shell completion. */
    readonly choices?: readonly string[]
  }
  /** The positional arguments are the two stores. */
  readonly takesStores?: true
  readonly examples?: readonly (readonly [command: string, what: string])[]
}
