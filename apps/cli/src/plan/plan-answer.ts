import type { Estimate } from './estimate.js'
import type { ShardCosts } from './shard-costs.js'

/** The result of `plan`, the last line under `--json`. */
export interface Plan extends Estimate {
  readonly type: 'plan'
  readonly planned: number
  readonly skipped: number
  readonly failed: number
  readonly manifests: { readonly toRead: number; readonly finished: number; readonly unreadable: number }
  /** Objects above these sizes are copied in parts; the second applies to those whose ETag is the MD5 of their bytes. */
  readonly parts: {
    readonly thresholdBytes: number
    readonly singlePutBytes: number
    readonly partSizeBytes: number
  }
  /** Only with --shard. */
  readonly shard?: ShardCosts
  /** What is wrong with manifests that cannot be read. */
  readonly problems: readonly { readonly code: string; readonly message: string; readonly hint?: string }[]
}
