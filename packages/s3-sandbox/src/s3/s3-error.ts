import { S3_ERRORS, type S3ErrorCode } from './s3-error-table.js'

interface S3ErrorDetails {
  /** Overrides the table's. */
  message?: string
  status?: number
  /** Additional elements of the XML body, such as `BucketName`. */
  fields?: Record<string, string | number>
  /** Additional response headers. */
  headers?: Record<string, string>
}

/** An S3 error response. Thrown anywhere while a request is handled. */
export class S3Error extends Error {
  readonly code: string
  readonly status: number
  readonly fields: Record<string, string | number>
  readonly headers: Record<string, string>

  constructor(code: S3ErrorCode, details: S3ErrorDetails = {}) {
    const [status, message] = S3_ERRORS[code]
    super(details.message ?? message)
    this.name = 'S3Error'
    this.code = code
    this.status = details.status ?? status
    this.fields = details.fields ?? {}
    this.headers = details.headers ?? {}
  }
}
