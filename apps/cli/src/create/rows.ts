import type { ManifestRow } from '@lagoon/manifest'

/** What a manifest is made of: a row, or what is wrong with one. */
export type CandidateRow = ManifestRow | { readonly problem: string }
