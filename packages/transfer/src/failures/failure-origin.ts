import type { Side } from '../attempt.js'
import type { CredentialSource } from '../s3/credentials.js'

/** What a failure is made for: the endpoint at which it happened, as far as failures need it. */
export interface FailureOrigin {
  readonly side: Side
  readonly settings: { readonly region: string; readonly idleTimeoutMs: number }
  readonly credentials: CredentialSource
  /** True for a code that only this store knows and that is kept as it is. */
  keepsCode(code: string): boolean
  /** A text without the secrets that requests carry. */
  redact(text: string): string
  /** Takes the region that the store says the bucket is in. */
  learnRegion(region: string): boolean
}
