import type { ManifestProgress } from './manifest-progress.js'
import type { CopyJob } from './ports.js'

/** A row of a manifest that names a key. */
export interface NamingRow {
  readonly manifest: ManifestProgress
  readonly rowGroup: number
  readonly row: number
}

/** An object that waits to be copied, or is being copied, with every row that names it. */
export interface NamedObject {
  /** What the state remembers it by: the key, and the destination key where that differs. */
  readonly identity: string
  readonly version: string | null
  readonly job: CopyJob
  /** The row that named it first. */
  readonly row: NamingRow
  /** Rows that named it again before it had an outcome; null for nearly all objects. */
  followers: NamingRow[] | null
  /** Written by {@link NamedObjects} only; null when it does not wait for the object. */
  generation: { open: number } | null
}

/** The name under which the state remembers a copy. NUL can't appear in a key that XML listings carry. */
export function identityOf(key: string, destinationKey: string | null | undefined): string {
  return destinationKey === null || destinationKey === undefined || destinationKey === key
    ? key
    : `${key}\0${destinationKey}`
}

/** What a manifest says of an object's content: a change of it means another object. Null when it says nothing. */
export function versionOf(
  etag: string | null | undefined,
  sizeBytes: number | null | undefined,
  versionId: string | null | undefined,
): string | null {
  if (etag == null && sizeBytes == null && versionId == null) return null
  return `${etag ?? ''}|${sizeBytes ?? ''}|${versionId ?? ''}`
}

/** Objects named by one batch of rows. */
interface Generation {
  readonly byIdentity: Map<string, NamedObject>
  /** How many of them have no outcome yet. */
  open: number
}

/**
 * Objects without an outcome, by identity, so that a key named twice is copied once.
 *
 * One map for each batch of rows, dropped as a whole when none of its objects is open, and not one map with deletions: a map with a high
 * turnover is rehashed again and again, each obsolete table still points to the next, and once one of them is promoted to the old
 * generation it keeps all later ones alive until the next full collection.
 */
export class NamedObjects {
  #generations: Generation[] = []

  /** Begins another batch; what is added from now on belongs to it. */
  beginBatch(): void {
    this.#generations = this.#generations.filter((generation) => generation.open > 0)
    this.#generations.push({ byIdentity: new Map(), open: 0 })
  }

  /** Adds a row to an object that is already waited for; false when there is none. */
  follow(identity: string, row: NamingRow): boolean {
    for (const { byIdentity } of this.#generations) {
      const object = byIdentity.get(identity)
      if (object === undefined || object.generation === null) continue
      object.followers ??= []
      object.followers.push(row)
      return true
    }
    return false
  }

  /** Adds an object to the batch that was begun last. */
  add(object: NamedObject): void {
    const generation = this.#generations.at(-1)!
    generation.byIdentity.set(object.identity, object)
    generation.open += 1
    object.generation = generation
  }

  /** The object has its outcome: rows follow it no more. */
  done(object: NamedObject): void {
    if (object.generation === null) return
    object.generation.open -= 1
    object.generation = null
  }
}
