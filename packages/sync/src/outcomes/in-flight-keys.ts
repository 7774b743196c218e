import type { InFlightObject, NamingRow } from './in-flight-object.js'

/** An object without waiting rows yet. */
export type NewObject = Omit<InFlightObject, 'followers' | 'waiting'>

/** The name under which the state records a copy. NUL can't occur in a key that XML listings carry. */
export function identityOf(key: string, destinationKey: string | null | undefined): string {
  return destinationKey === null || destinationKey === undefined || destinationKey === key
    ? key
    : `${key}\0${destinationKey}`
}

/** What a manifest says about an object's content: a change means another object. Null if it says nothing. */
export function versionOf(
  etag: string | null | undefined,
  sizeBytes: number | null | undefined,
  versionId: string | null | undefined,
): string | null {
  if (etag == null && sizeBytes == null && versionId == null) return null
  return `${etag ?? ''}|${sizeBytes ?? ''}|${versionId ?? ''}`
}

/**
 * Objects without an outcome, by identity, so that a key named twice is copied once.
 *
 * Each slice of rows has its own map, and what is left of it is moved to a new one when the next slice begins. One map with deletions
 * would be rehashed again and again: each obsolete table still points to the next, and once one of them is promoted to the old
 * generation it keeps all later ones alive until the next full collection.
 */
export class InFlightKeys {
  #earlier = new Map<string, InFlightObject>()
  #current = new Map<string, InFlightObject>()

  /** Begins another slice; what is added from now on belongs to it. */
  beginSlice(): void {
    const left = new Map<string, InFlightObject>()
    for (const objects of [this.#earlier, this.#current]) {
      for (const [identity, object] of objects) if (object.waiting) left.set(identity, object)
    }
    this.#earlier = left
    this.#current = new Map()
  }

  /** Adds a row to an object that is already waited for; false when there is none. */
  follow(identity: string, row: NamingRow): boolean {
    const object = waitingIn(this.#current, identity) ?? waitingIn(this.#earlier, identity)
    if (object === undefined) return false
    object.followers ??= []
    object.followers.push(row)
    return true
  }

  /** Adds an object to the slice that was begun last. */
  add({ identity, version, job, row }: NewObject): InFlightObject {
    const object = { identity, version, job, row, followers: null, waiting: true }
    this.#current.set(identity, object)
    return object
  }

  /** The object has its outcome: rows no longer follow it. */
  done(object: InFlightObject): void {
    object.waiting = false
  }
}

function waitingIn(
  objects: ReadonlyMap<string, InFlightObject>,
  identity: string,
): InFlightObject | undefined {
  const object = objects.get(identity)
  return object?.waiting ? object : undefined
}
