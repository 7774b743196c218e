import type { ManifestRow } from '@lagoon/manifest'

/** What a manifest is made of: a row, or what is wrong with one. */
export type CandidateRow = ManifestRow | { readonly problem: string }

/** Rows on their way into manifests, some at a time, so that passing them on costs little. */
export type RowPortions = AsyncIterable<readonly CandidateRow[]>
