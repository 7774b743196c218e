/** What a caller of this package can do wrong. What the server answers over HTTP is an `S3Error`. */
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
