/** The closed set of codes of a {@link JobsError}. Match on the code, never on the message. */
export type JobsErrorCode =
  | 'LAGOON_JOBS_INVALID_OPTION'
  | 'LAGOON_JOBS_UNREACHABLE'
  | 'LAGOON_JOBS_NO_ANSWER'
  | 'LAGOON_JOBS_CREDENTIALS_REFUSED'
  | 'LAGOON_JOBS_PERMISSION_DENIED'
  | 'LAGOON_JOBS_JETSTREAM_OFF'
  | 'LAGOON_JOBS_SERVER_TOO_OLD'
  | 'LAGOON_JOBS_STORE_FULL'
  | 'LAGOON_JOBS_TOO_LARGE'
  | 'LAGOON_JOBS_NO_SUCH_JOB'
  | 'LAGOON_JOBS_JOB_EXISTS'
  | 'LAGOON_JOBS_SETTINGS_DIFFER'
  | 'LAGOON_JOBS_PROTOCOL_DIFFERS'
  | 'LAGOON_JOBS_RECORD_DAMAGED'
  | 'LAGOON_JOBS_ENGINE_FAILED'
  | 'LAGOON_JOBS_CLOSED'

/** What went wrong (`message`), what to do about it (`hint`), and the underlying error (`cause`). */
export class JobsError extends Error {
  override readonly name = 'JobsError'
  readonly code: JobsErrorCode
  readonly hint: string
  /** The subject that the engine refused; only with `LAGOON_JOBS_PERMISSION_DENIED`. */
  declare readonly subject?: string
  /** Names of the settings that disagree; only with `LAGOON_JOBS_SETTINGS_DIFFER`. */
  declare readonly settings?: readonly string[]

  constructor(
    code: JobsErrorCode,
    message: string,
    hint: string,
    details: { cause?: unknown; subject?: string; settings?: readonly string[] } = {},
  ) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause })
    this.code = code
    this.hint = hint
    if (details.subject !== undefined) this.subject = details.subject
    if (details.settings !== undefined) this.settings = details.settings
  }
}

/** Temporary conditions: the caller waits and retries until its patience ends. */
const PASSING = new Set<JobsErrorCode>([
  'LAGOON_JOBS_UNREACHABLE',
  'LAGOON_JOBS_NO_ANSWER',
  'LAGOON_JOBS_STORE_FULL',
])

/** True for an error after which the same request may succeed later. */
export function isPassing(error: unknown): boolean {
  return error instanceof JobsError && PASSING.has(error.code)
}

/** The error for a request without a response: it may or may not have been applied. */
export function noAnswer(what: string, cause?: unknown): JobsError {
  return new JobsError(
    'LAGOON_JOBS_NO_ANSWER',
    `no response from the queue: ${what}`,
    'Check that the server is running and reachable; workers keep retrying for a while.',
    { cause },
  )
}

/** The error for an option with an impossible value. */
export function invalidOption(name: string, expected: string): JobsError {
  return new JobsError(
    'LAGOON_JOBS_INVALID_OPTION',
    `${name} must be ${expected}`,
    'Correct the option and run again.',
  )
}

/** The error for a record that this package cannot have written. */
export function damaged(key: string, cause?: unknown): JobsError {
  return new JobsError(
    'LAGOON_JOBS_RECORD_DAMAGED',
    `the record ${key} is damaged or was written by something else`,
    'Restore the job from an export, or delete it and start it again; objects at the destination are kept.',
    { cause },
  )
}

/** The error for a job that was never created, or was deleted. */
export function noSuchJob(name: string): JobsError {
  return new JobsError(
    'LAGOON_JOBS_NO_SUCH_JOB',
    `the queue has no job ${name}`,
    'Check the name, or start the job on a machine that may create it.',
  )
}
