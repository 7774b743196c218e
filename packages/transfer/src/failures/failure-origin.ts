import type { Side } from '../contract/attempt.js'
import type { CredentialSource } from '../options/credentials.js'

/** What failures need to know about the endpoint at which they happened. */
export interface FailureOrigin {
  readonly side: Side
  readonly settings: { readonly region: string; readonly idleTimeoutMs: number }
  readonly credentials: CredentialSource
  /** True for a code that only this store knows and that is kept as it is. */
  keepsCode(code: string): boolean
  /** A text without the secrets that requests carry. */
  redact(text: string): string
  /** Continues in the region that the store names for the bucket. True if that is new. */
  redirectToRegion(region: string): boolean
}
