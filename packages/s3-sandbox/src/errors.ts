/** Errors in using this package. Errors that the server returns over HTTP are `S3Error`s. */
export type SandboxErrorCode =
  'LAGOON_SANDBOX_OPTION_INVALID' | 'LAGOON_SANDBOX_LISTEN_FAILED' | 'LAGOON_SANDBOX_STORE_UNREADABLE'

/** The one error class of this package's functions: match on `code`, show `message` and `hint`. */
export class SandboxError extends Error {
  readonly code: SandboxErrorCode
  readonly hint: string

  constructor(code: SandboxErrorCode, message: string, hint: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause })
    this.name = 'SandboxError'
    this.code = code
    this.hint = hint
  }
}
