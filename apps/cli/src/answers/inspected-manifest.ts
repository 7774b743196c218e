import type { ManifestDescription } from '@lagoon/manifest'

export interface ManifestProblem {
  readonly code: string
  readonly message: string
  readonly hint?: string
}

/** A manifest, and what keeps it from being read. A line each under `--json`. */
export interface InspectedManifest {
  readonly type: 'manifest'
  readonly key: string
  readonly etag: string | null
  readonly sizeBytes: number | null
  /** Null where not even the footer can be read. */
  readonly description: Omit<ManifestDescription, 'problem'> | null
  readonly problem: ManifestProblem | null
}
