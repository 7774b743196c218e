import type { KeyBatch, ManifestRef } from './manifests.js'
import type { FailureRecord } from './state.js'

/** What the pipeline is handed, in order. */
export type KeyStreamItem =
  /** Failures of row groups settled in earlier runs, to be tried again without reading the group. */
  | { readonly kind: 'failures'; readonly ref: ManifestRef; readonly failures: FailureRecord[] }
  | { readonly kind: 'batch'; readonly ref: ManifestRef; readonly batch: KeyBatch }
  /** The manifest was read to its end, or was finished before; `settledRows` were not read for being settled. */
  | {
      readonly kind: 'end'
      readonly ref: ManifestRef
      readonly settledRows: number
      readonly read: { readonly rows: number; readonly rowGroups: number } | null
    }
  | {
      readonly kind: 'broken'
      readonly ref: ManifestRef
      readonly error: unknown
      readonly settledRows: number
    }
