import type { AttemptFailure } from '../contract/attempt.js'
import { controlRequest } from '../s3/control-request.js'
import { headDestination } from '../s3/object-head.js'
import { pushIfMatch } from '../s3/object-request.js'
import { encodeQueryValue } from '../protocol/encode-key.js'
import type { Endpoint } from '../s3/endpoint.js'
import { sameEtag } from '../protocol/etag.js'

/** An object that was stored by mistake. */
interface BadCopy {
  /** Without quotes. */
  etag: string
  /** Null if the store returned none when it stored the object. */
  versionId: string | null
}

/** True if the destination may have stored something although its response did not say so. */
function isUnknownWrite({ side, class: kind, status }: AttemptFailure): boolean {
  if (side !== 'destination' || kind === 'throttle') return false
  return status === undefined || status < 300 || status >= 500
}

/**
 * The bad objects that one copy wrote to its key. They are remembered, so that a refusal because of one is not
 * mistaken for another writer's object, and removed before the copy ends.
 */
export class BadCopies {
  readonly #destination: Endpoint
  readonly #path: string
  readonly #name: string
  readonly #etags = new Set<string>()
  #left: BadCopy[] = []
  #inDoubt = false

  /** @param path encoded */
  constructor(destination: Endpoint, path: string, name: string) {
    this.#destination = destination
    this.#path = path
    this.#name = name
  }

  add(copy: BadCopy): void {
    this.#etags.add(copy.etag.toLowerCase())
    this.#left.push(copy)
  }

  /** Takes in how an attempt to write ended badly. */
  observe(failure: AttemptFailure): void {
    if (isUnknownWrite(failure)) this.#inDoubt = true
  }

  /** What a write in doubt stored turned out to be a good copy. */
  clearDoubt(): void {
    this.#inDoubt = false
  }

  /** True if a write was sent whose outcome is unknown: the object at the key may be from it. */
  get inDoubt(): boolean {
    return this.#inDoubt
  }

  /** True if this is the ETag of one of them, removed ones included. */
  has(etag: string): boolean {
    return this.#etags.has(etag.toLowerCase())
  }

  /** True if the object at the key may be a bad copy, or if nothing is known about it. */
  get isSuspect(): boolean {
    return this.#inDoubt || this.#left.length > 0
  }

  /** Removes them, newest first: removing one may uncover the one before. True if none is left. */
  async remove(): Promise<boolean> {
    for (const copy of this.#left.toReversed()) {
      if (!(await removeBadCopy(this.#destination, this.#path, this.#name, copy))) continue
      this.#left = this.#left.filter((other) => other !== copy)
    }
    return this.#left.length === 0
  }
}

/**
 * Removes a bad copy if it is still that one. In a bucket with versions it removes that very version, which restores
 * the previous one; elsewhere it removes the object at the path if its ETag is the bad one. Another writer may store
 * a good copy between the check and the removal, so the removal is conditional on the ETag for stores that support
 * `If-Match` on DELETE.
 *
 * @returns true if the bad copy is gone: a check afterwards finds no object, or another one
 */
async function removeBadCopy(
  destination: Endpoint,
  path: string,
  name: string,
  { etag, versionId: named }: BadCopy,
): Promise<boolean> {
  let versionId: string | null | undefined = named
  const condition: string[] = []
  if (versionId === null) {
    const head = await headDestination(destination, path, name, undefined)
    if (!head.ok) return false
    if (head.value === null || !sameEtag(head.value.etag, etag)) return true
    ;({ versionId } = head.value)
    if (versionId === undefined) pushIfMatch(destination, condition, head.value.rawEtag)
  }
  const query = versionId === undefined ? '' : `versionId=${encodeQueryValue(versionId)}`
  const what = `DELETE ${JSON.stringify(name)}`
  const remove = (headers: string[]) =>
    controlRequest(destination, { method: 'DELETE', path, query, headers }, what, undefined)
  const removed = await remove([...condition])
  const isRefused = !removed.ok && (removed.failure.status === 501 || removed.failure.status === 400)
  if (condition.length > 0 && isRefused) await remove([])
  // A version that was named is gone. Else only a second look shows it: a store may answer well and remove nothing.
  return versionId === undefined ? !(await isThere()) : removed.ok || removed.failure.status === 404

  async function isThere(): Promise<boolean> {
    const head = await headDestination(destination, path, name, undefined)
    return !head.ok || (head.value !== null && sameEtag(head.value.etag, etag))
  }
}
