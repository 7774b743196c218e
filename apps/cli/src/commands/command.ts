import type { SyncEvent } from '@lagoon/sync'
import type { ExitCode, StopSignal } from '../exit-codes.js'
import type { LogLevel } from '../options/flag-values.js'
import type { Settings } from '../options/settings.js'
import type { Style } from '../output/style.js'

/** What a command is given. It reads no arguments, prints nothing, and ends no process. */
export interface CommandContext {
  readonly settings: Settings
  /** Reads `.env` and the configuration file again, under the same flags and environment. Throws what is wrong with them. */
  readSettings(): Promise<Settings>
  /** Changes how much is said on stderr and in the log file. */
  setLogLevel(level: LogLevel): void
  readonly positionals: readonly string[]
  readonly environment: Readonly<Record<string, string | undefined>>
  /** Arguments as they were given, to say how the command is repeated. */
  readonly argv: readonly string[]
  /** Aborted by the first SIGINT or SIGTERM: begin nothing new, finish what is in flight. */
  readonly drain: AbortSignal
  /** Aborted by the second one: let go of everything. */
  readonly abort: AbortSignal
  /** The last stop signal that arrived. */
  stoppedBy(): StopSignal | undefined
  /** Has this done where a signal ends the process at once, before it does. Answers with what takes that back. */
  beforeExit(tidy: () => Promise<void>): () => void
  /** Events of a run under way; the entry shows them. */
  readonly emit: (event: CommandEvent) => void
}

/** What a command tells while it goes on: events of a run, and its own. */
export type CommandEvent = SyncEvent | NoteEvent | ViewEvent | ListeningEvent | ReloadedEvent

/** A step that a command announces for people: `demo` says what it is about to do. */
export interface NoteEvent {
  readonly type: 'note'
  readonly message: string
}

/** How something is now: for machines and for people. */
export interface View {
  readonly data: object
  /** Nothing will change any more. */
  readonly over: boolean
  render(style: Style): string
}

/** How something that is followed is now; under `--json` its data are the line. */
export interface ViewEvent {
  readonly type: 'view'
  readonly view: View
}

/** Metrics are served now. */
export interface ListeningEvent {
  readonly type: 'listening'
  readonly url: string
}

/** Settings were read again on SIGHUP: names of flags and variables whose values are new. */
export interface ReloadedEvent {
  readonly type: 'reloaded'
  /** They hold now. */
  readonly applied: readonly string[]
  /** They hold from the next run on. */
  readonly needRestart: readonly string[]
}

/** How a command ended: data for machines, text for people, a code for the shell. */
export interface CommandOutcome {
  readonly exitCode: ExitCode
  /** What made the run stop itself, reported as an error is; the figures up to there are in `data`. */
  readonly failure?: unknown
  /** Under `--json` a line each, before `data`. Read only then. */
  rows?(): Iterable<object> | AsyncIterable<object>
  /** Under `--json` the last line on stdout. */
  readonly data: object
  /** What a person reads on stdout. */
  render(style: Style): string
}

export interface CommandModule {
  run(context: CommandContext): Promise<CommandOutcome>
}
