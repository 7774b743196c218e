import { S3_ERRORS, type S3ErrorCode } from './s3-error-table.js'

export interface S3ErrorDetails {
  /** Instead of the table's. */
  message?: string
  status?: number
  /** More elements of the XML body, such as `BucketName`. */
  fields?: Record<string, string | number>
  /** More response headers. */
  headers?: Record<string, string>
}

/** A response that says what was wrong, as S3 says it. Thrown anywhere while a request is handled. */
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
