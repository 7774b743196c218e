/** Every code of an error that this package throws. Match on the code, not on the message. */
export type TransferErrorCode =
  | 'LAGOON_TRANSFER_ACCESS_DENIED'
  | 'LAGOON_TRANSFER_BUCKET_MISSING'
  | 'LAGOON_TRANSFER_CLOCK_SKEW'
  | 'LAGOON_TRANSFER_CLOSED'
  | 'LAGOON_TRANSFER_CREDENTIALS_MISSING'
  | 'LAGOON_TRANSFER_CREDENTIALS_REFUSED'
  | 'LAGOON_TRANSFER_ENDPOINT_MALFORMED'
  | 'LAGOON_TRANSFER_ENDPOINT_UNREACHABLE'
  | 'LAGOON_TRANSFER_INVALID_OPTION'
  | 'LAGOON_TRANSFER_LISTING_INCOMPLETE'
  | 'LAGOON_TRANSFER_NOT_S3'
  | 'LAGOON_TRANSFER_OBJECT_CHANGED'
  | 'LAGOON_TRANSFER_OBJECT_MISSING'
  | 'LAGOON_TRANSFER_REQUEST_FAILED'
  | 'LAGOON_TRANSFER_SAME_BUCKET'
  | 'LAGOON_TRANSFER_SHORT_READ'
  | 'LAGOON_TRANSFER_THREAD_DIED'
  | 'LAGOON_TRANSFER_WRONG_RANGE'
  | 'LAGOON_TRANSFER_WRONG_REGION'

/**
 * The only error class of this package. `message` says what happened and where, `hint` what to do about it, `cause`
 * keeps the underlying error. No message contains a secret key, a session token or a signature.
 */
export class TransferError extends Error {
  override readonly name = 'TransferError'
  readonly code: TransferErrorCode
  /** What the reader can do, as one sentence. */
  readonly hint: string

  constructor(code: TransferErrorCode, message: string, hint: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause })
    this.code = code
    this.hint = hint
  }
}
