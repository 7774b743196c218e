/** Everything that can go wrong in this package, as a closed set of stable codes. */
export type AimdErrorCode =
  /** An option of the controller is impossible or contradicts another one. */
  | 'LAGOON_AIMD_INVALID_OPTION'
  /** A limit or a byte budget of a gate is not a positive number. */
  | 'LAGOON_AIMD_INVALID_LIMIT'
  /** A backend or a scenario of the simulator is described impossibly. */
  | 'LAGOON_AIMD_INVALID_SCENARIO'

/** The one error class of the package. Match on `code`; `message` says what and where, `hint` what to do. */
export class AimdError extends Error {
  override readonly name = 'AimdError'
  readonly code: AimdErrorCode
  readonly hint: string

  constructor(code: AimdErrorCode, message: string, hint: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
    this.hint = hint
  }
}
