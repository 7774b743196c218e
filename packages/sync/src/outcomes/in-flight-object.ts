import type { ManifestProgress } from '../manifests/progress.js'
import type { CopyJob } from '../ports/copier.js'

/** A row of a manifest that names a key. */
export interface NamingRow {
  readonly manifest: ManifestProgress
  readonly rowGroup: number
  readonly row: number
}

/** An object that waits to be copied, or is being copied, with every row that names it. */
export interface InFlightObject {
  /** What the state remembers it by: the key, and the destination key where that differs. */
  readonly identity: string
  readonly version: string | null
  readonly job: CopyJob
  /** The row that named it first. */
  readonly row: NamingRow
  /** Rows that named it again before it had an outcome; null for nearly all objects. */
  followers: NamingRow[] | null
  /** Whether it has no outcome yet. Written by {@link InFlightKeys} only. */
  waiting: boolean
}
