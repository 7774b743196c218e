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

/** Objects without an outcome, by identity, so that a key named twice is copied once. */
export class NamedObjects {
  readonly #byIdentity = new Map<string, NamedObject>()

  get size(): number {
    return this.#byIdentity.size
  }

  /** Adds a row to an object that is already waited for; false when there is none. */
  follow(identity: string, row: NamingRow): boolean {
    const object = this.#byIdentity.get(identity)
    if (object === undefined) return false
    object.followers ??= []
    object.followers.push(row)
    return true
  }

  add(object: NamedObject): void {
    this.#byIdentity.set(object.identity, object)
  }

  delete(object: NamedObject): void {
    this.#byIdentity.delete(object.identity)
  }
}
