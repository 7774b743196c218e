import type { Estimate } from './estimate.js'
import type { ShardCosts } from './shard-costs.js'

/** The result of `plan`, the last line under `--json`. */
export interface Plan extends Estimate {
  readonly type: 'plan'
  /** The job on the queue; only with `--queue`. */
  readonly job?: string
  readonly planned: number
  readonly skipped: number
  /** Rows without a usable key, and with `--queue` those that have failed. */
  readonly failed: number
  /** Rows that have failed in the job, which leaves them until they are put back; only with `--queue`. */
  readonly failedBefore?: number
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
