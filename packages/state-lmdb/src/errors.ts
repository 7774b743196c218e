/** The closed set of codes a {@link StateError} can carry. Match on the code, never on the message. */
export type StateErrorCode =
  | 'LAGOON_STATE_INVALID_OPTION'
  | 'LAGOON_STATE_LOCKED'
  | 'LAGOON_STATE_NEWER_VERSION'
  | 'LAGOON_STATE_OTHER_JOB'
  | 'LAGOON_STATE_UNWRITABLE'
  | 'LAGOON_STATE_DISK_FULL'
  | 'LAGOON_STATE_CORRUPT'
  | 'LAGOON_STATE_COMMIT_FAILED'
  | 'LAGOON_STATE_CLOSED'
  | 'LAGOON_STATE_LIMIT'
  | 'LAGOON_STATE_FOREIGN_LINK'

/** What went wrong (`message`), what to do (`hint`), and the underlying error (`cause`). */
export class StateError extends Error {
  override readonly name = 'StateError'
  readonly code: StateErrorCode
  readonly hint: string
  /** Process that holds the data directory; only with `LAGOON_STATE_LOCKED`. */
  declare readonly pid?: number
  /** When that process took it, ISO 8601; only with `LAGOON_STATE_LOCKED`. */
  declare readonly startedAt?: string
  /**
   * When its lease ends unless renewed, in ms since the epoch. Only with `LAGOON_STATE_LOCKED`, and only if this process can't see
   * whether the other one still runs: it is on another host or in another container.
   */
  declare readonly leaseEndsAt?: number
  /** Host or container of that process; only with `leaseEndsAt`. */
  declare readonly host?: string

  constructor(
    code: StateErrorCode,
    message: string,
    hint: string,
    details: { cause?: unknown; pid?: number; startedAt?: string; leaseEndsAt?: number; host?: string } = {},
  ) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause })
    this.code = code
    this.hint = hint
    if (details.pid !== undefined) this.pid = details.pid
    if (details.startedAt !== undefined) this.startedAt = details.startedAt
    if (details.leaseEndsAt !== undefined) this.leaseEndsAt = details.leaseEndsAt
    if (details.host !== undefined) this.host = details.host
  }
}

const NO_SPACE = new Set<unknown>(['ENOSPC', 'EDQUOT', 'EFBIG', 28, 122, 27, -30792])
const NOT_ALLOWED = new Set<unknown>([
  'EACCES',
  'ENOENT',
  'EPERM',
  'EROFS',
  'ENOTDIR',
  'ELOOP',
  'EEXIST',
  'EISDIR',
  'ERR_INVALID_ARG_VALUE',
  13,
  1,
  30,
  20,
])
/**
 * What a damaged tree makes of a transaction: a page that is missing, corrupt or of another kind, a cursor or a page that is too deep or too full,
 * and each use of the transaction after the first of these (`MDB_BAD_TXN`, `MDB_PROBLEM`).
 */
const DAMAGED = new Set<unknown>([
  -30797, -30796, -30795, -30794, -30793, -30787, -30786, -30784, -30782, -30779,
])

/** Turns an error of the file system or of LMDB (its codes are in lmdb.h) into a {@link StateError}. */
export function asStateError(error: unknown, directory: string): StateError {
  if (error instanceof StateError) return error
  const code: unknown = (error as { code?: unknown }).code
  const text = error instanceof Error ? error.message : String(error)
  if (NO_SPACE.has(code) || /MDB_MAP_FULL|No space left|ENOSPC|File too large/i.test(text)) {
    return new StateError(
      'LAGOON_STATE_DISK_FULL',
      `the disk that holds the data directory ${directory} is full: ${text}`,
      'Free space on that disk, or move the data directory to a larger one, and run again: nothing recorded is lost.',
      { cause: error },
    )
  }
  if (NOT_ALLOWED.has(code) || /Permission denied|Read-only file system|Not a directory/i.test(text)) {
    return new StateError(
      'LAGOON_STATE_UNWRITABLE',
      `the data directory ${directory} can't be written: ${text}`,
      'Use a directory that this user can read and write, or set another one (option `directory`).',
      { cause: error },
    )
  }
  if (
    // The data was not written by this package: invalid JSON, numbers out of range, records of another shape.
    error instanceof SyntaxError ||
    error instanceof RangeError ||
    error instanceof TypeError ||
    DAMAGED.has(code) ||
    /MDB_(INVALID|CORRUPTED|VERSION_MISMATCH|PAGE_NOTFOUND|CURSOR_FULL|PAGE_FULL|BAD_TXN|PROBLEM)/.test(text)
  ) {
    return corrupt(directory, text, error)
  }
  return new StateError(
    'LAGOON_STATE_COMMIT_FAILED',
    `the state in ${directory} could not be read or written: ${text}`,
    'See the cause. What was recorded before is kept, so running again is safe.',
    { cause: error },
  )
}

/** Runs the action; what it throws is thrown as a {@link StateError}. */
export function throwingStateErrors<T>(directory: string, action: () => T): T {
  try {
    return action()
  } catch (error) {
    throw asStateError(error, directory)
  }
}

/** The error for a state that this package can't have written. */
export function corrupt(directory: string, what: string, cause?: unknown): StateError {
  return new StateError(
    'LAGOON_STATE_CORRUPT',
    `the state in ${directory} is damaged: ${what}`,
    'Restore the directory from a copy, or use a new one (option `directory`) with the option `overwrite` set to if-different, which recognises objects that are already copied.',
    { cause },
  )
}
