/** Codes of the errors that `@lagoon/sync` itself raises; the lower packages have their own. */
export type SyncErrorCode =
  | 'LAGOON_SYNC_INVALID_OPTION'
  | 'LAGOON_SYNC_MANIFEST_NOT_FOUND'
  | 'LAGOON_SYNC_LISTING_UNWRITABLE'
  | 'LAGOON_SYNC_STORE_UNREACHABLE'

/**
 * Why a run ended. `finished`: every object is at the destination; `failures`: some objects or manifests failed; `signal`: the caller
 * asked it to stop. Everything else ended it early: `usage` (an option, an endpoint or a bucket is wrong), `locked` (another process
 * uses the data directory), `disk-full`, `credentials` (refused or expired), `state` (it can't be read or written), `listing`
 * (manifests or objects can't be listed), `store` (gone, misconfigured or out of reach since the run began), `queue` (it can't be reached, or
 * refused a request), `defect`. `idle`: a worker had no work for its configured time; its job continues.
 */
export type EndReason =
  | 'finished'
  | 'failures'
  | 'signal'
  | 'usage'
  | 'locked'
  | 'disk-full'
  | 'credentials'
  | 'state'
  | 'listing'
  | 'store'
  | 'queue'
  | 'idle'
  | 'defect'

/** Reasons that an error can have. */
export type StopReason = Exclude<EndReason, 'finished' | 'failures' | 'signal' | 'idle'>

export interface SyncErrorOptions {
  readonly hint?: string
  readonly cause?: unknown
  /** Default `usage`. */
  readonly reason?: StopReason
}

/** An error that ends a run. `message` says what and where, `hint` what to do, `reason` which kind of trouble it is. */
export class SyncError extends Error {
  override readonly name = 'SyncError'
  readonly code: string
  readonly hint: string | undefined
  readonly reason: StopReason

  constructor(code: SyncErrorCode | (string & {}), message: string, options: SyncErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.code = code
    this.hint = options.hint
    this.reason = options.reason ?? 'usage'
  }
}

/** An error as events carry it. */
export interface ErrorDescription {
  readonly code: string
  readonly message: string
  readonly hint?: string
  /** What caused it, and what caused that. */
  readonly causes?: readonly string[]
}

/** `code`, `message`, `hint` and causes of any error, as far as it has them. */
export function describeError(error: unknown): ErrorDescription {
  if (!(error instanceof Error)) return { code: 'LAGOON_UNEXPECTED', message: String(error) }
  const { code, hint } = error as { code?: unknown; hint?: unknown }
  return {
    code: typeof code === 'string' ? code : 'LAGOON_UNEXPECTED',
    message: error.message,
    ...(typeof hint === 'string' ? { hint } : {}),
    ...causesOf(error),
  }
}

/** The cause of an error, and its causes; nothing if unknown. */
export function causesOf(error: { readonly cause?: unknown }): Pick<ErrorDescription, 'causes'> {
  const causes: string[] = []
  const seen = new Set<unknown>([error])
  for (let { cause } = error; cause !== undefined && cause !== null && !seen.has(cause);) {
    seen.add(cause)
    const { code, cause: next } = cause as { code?: unknown; cause?: unknown }
    causes.push(typeof code === 'string' ? `${String(cause)} [${code}]` : String(cause))
    cause = next
  }
  return causes.length === 0 ? {} : { causes }
}
