import type { SyncEvent } from '@lagoon/sync'
import type { ExitCode, StopSignal } from '../errors/exit-codes.js'
import type { LogLevel } from '../options/flag-values.js'
import type { Settings } from '../options/settings.js'
import type { Style } from '../text/style.js'

/** The input of a command. It parses no arguments, prints nothing, and ends no process. */
export interface CommandContext {
  readonly settings: Settings
  /** Reads `.env` and the configuration file again, under the same flags and environment. Throws what is wrong with them. */
  readSettings(): Promise<Settings>
  /** Changes the log level on stderr and in the log file. */
  setLogLevel(level: LogLevel): void
  readonly positionals: readonly string[]
  readonly environment: Readonly<Record<string, string | undefined>>
  /** The arguments as given, to show how to repeat the command. */
  readonly argv: readonly string[]
  /** Aborted by the first SIGINT or SIGTERM: begin nothing new, finish what is in flight. */
  readonly drain: AbortSignal
  /** Aborted by the second one: abandon everything. */
  readonly abort: AbortSignal
  /** The last stop signal that arrived. */
  stoppedBy(): StopSignal | undefined
  /** Runs this before a signal ends the process immediately. Returns a function that cancels it. */
  beforeExit(tidy: () => Promise<void>): () => void
  /** Events of a run in progress; the entry shows them. */
  readonly emit: (event: CommandEvent) => void
}

/** Events of a command: those of a run, and its own. */
export type CommandEvent = SyncEvent | NoteEvent | ViewEvent | ListeningEvent | ReloadedEvent

/** A step that a command announces to people, as `demo` does. */
export interface NoteEvent {
  readonly type: 'note'
  readonly message: string
}

/** The present status, for programs and for people. */
export interface View {
  readonly data: object
  /** Nothing will change any more. */
  readonly over: boolean
  render(style: Style): string
}

/** The present status of something that is followed; under `--json` its data is the line. */
export interface ViewEvent {
  readonly type: 'view'
  readonly view: View
}

/** Metrics are now served. */
interface ListeningEvent {
  readonly type: 'listening'
  readonly url: string
}

/** Settings were reloaded on SIGHUP: names of flags and variables with new values. */
export interface ReloadedEvent {
  readonly type: 'reloaded'
  /** They apply now. */
  readonly applied: readonly string[]
  /** They apply from the next run on. */
  readonly needRestart: readonly string[]
}

/** The result of a command: data for programs, text for people, a code for the shell. */
export interface CommandOutcome {
  readonly exitCode: ExitCode
  /** What made the run stop itself, reported like an error; the figures up to then are in `data`. */
  readonly failure?: unknown
  /** Under `--json`, one line each before `data`. Read only then. */
  rows?(): Iterable<object> | AsyncIterable<object>
  /** Under `--json` the last line on stdout. */
  readonly data: object
  /** What a person reads on stdout. */
  render(style: Style): string
}

export interface CommandModule {
  run(context: CommandContext): Promise<CommandOutcome>
}
