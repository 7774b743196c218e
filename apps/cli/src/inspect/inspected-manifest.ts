import type { ManifestDescription } from '@lagoon/manifest'

export interface ManifestProblem {
  readonly code: string
  readonly message: string
  readonly hint?: string
}

/** A manifest, and what prevents it from being read. One line each under `--json`. */
export interface InspectedManifest {
  readonly type: 'manifest'
  readonly key: string
  readonly etag: string | null
  readonly sizeBytes: number | null
  /** Null if not even the footer can be read. */
  readonly description: Omit<ManifestDescription, 'problem'> | null
  readonly problem: ManifestProblem | null
}
