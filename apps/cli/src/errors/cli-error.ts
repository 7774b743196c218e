import { exitCodes, type ExitCode } from './exit-codes.js'

/** Everything that can be wrong before one of our packages is called. */
export type CliErrorCode =
  /** Unknown command, argument or flag, or a flag without its value. */
  | 'LAGOON_CLI_USAGE'
  /** The value of a flag or variable is not allowed. */
  | 'LAGOON_CLI_INVALID_VALUE'
  /** A variable is set but empty. */
  | 'LAGOON_CLI_EMPTY_VARIABLE'
  /** A required setting is missing. */
  | 'LAGOON_CLI_MISSING_SETTING'
  /** Two settings cannot be combined. */
  | 'LAGOON_CLI_CONFLICT'
  /** A configuration file is not valid YAML or JSON. */
  | 'LAGOON_CLI_CONFIG_SYNTAX'
  /** A configuration file has settings or values that are not allowed. */
  | 'LAGOON_CLI_CONFIG_INVALID'
  /** A file that the command line or the environment names cannot be read or written. */
  | 'LAGOON_CLI_FILE'
  /** The report file has rows of an earlier run. */
  | 'LAGOON_CLI_REPORT_EXISTS'
  /** A new manifest could not be uploaded to the source bucket. */
  | 'LAGOON_CLI_UPLOAD_FAILED'
  /** PostgreSQL can't be reached, or rejects the table or the query. */
  | 'LAGOON_CLI_DATABASE'
  /** The metrics port is in use or not permitted. */
  | 'LAGOON_CLI_METRICS_PORT'
  /** No run is active on the data directory, so there is nothing to change. */
  | 'LAGOON_CLI_NO_RUN'
  /** The control socket of a run cannot be used. */
  | 'LAGOON_CLI_CONTROL'
  /** The demo's own check failed. */
  | 'LAGOON_CLI_DEMO_FAILED'

/** What is wrong (`message`: what and where), what to do about it (`hint`), and the exit code. */
export class CliError extends Error {
  readonly code: CliErrorCode
  readonly hint: string
  readonly exitCode: ExitCode

  constructor(
    code: CliErrorCode,
    message: string,
    hint: string,
    options: { cause?: unknown; exitCode?: ExitCode } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.name = 'CliError'
    this.code = code
    this.hint = hint
    this.exitCode = options.exitCode ?? exitCodes.usage
  }
}
