import type { Attempt, AttemptFailure } from '../contract/attempt.js'
import { headObject } from '../s3/object-head.js'
import { listParts } from '../s3/attributes.js'
import type { SourceObject } from '../protocol/object-headers.js'
import { sameEtag } from '../protocol/etag.js'
import type { ObjectLocation } from '../s3/object-request.js'

/**
 * Above this number, parts are requested one by one only if they turn out unequal; a request for each is not worth
 * it.
 */
const MAX_PARTS_ASKED = 1000
const ASKED_AT_ONCE = 8

/** Objects in a row for which a store may list no parts before HEAD is tried first. */
const MAX_UNLISTED = 3

/**
 * Finds the part sizes with which objects of one store were uploaded, and learns how that store reports them:
 *
 * 1. GetObjectAttributes, one request for 1,000 parts; never again once the store refused it, seldom if it lists no
 *    parts.
 * 2. HEAD with `partNumber`: the first and the last suffice for equal parts, else all are requested.
 *
 * Source: https://docs.aws.amazon.com/AmazonS3/latest/API/API_HeadObject.html (partNumber)
 */
export class PartFinder {
  #refused = false
  #unlisted = 0

  /** Null if the store does not say, or there are too many parts to ask for. */
  async find(
    location: ObjectLocation,
    object: SourceObject,
    count: number,
    signal: AbortSignal | undefined,
  ): Promise<Attempt<number[] | null>> {
    if (count === 1) return known([object.sizeBytes])
    const asked = !this.#refused && this.#unlisted < MAX_UNLISTED
    const listed = asked ? await this.#list(location, object, count, signal) : known(null)
    if (!listed.ok || listed.value !== null) return listed

    const first = await headPart(location, object, 1, signal)
    if (!first.ok) return notTold(first)
    if (first.value.count !== count) return known(null)
    const firstSize = first.value.sizeBytes
    const lastSize = object.sizeBytes - firstSize * (count - 1)
    if (lastSize > 0 && lastSize <= firstSize) {
      const last = await headPart(location, object, count, signal)
      if (!last.ok) return notTold(last)
      if (last.value.sizeBytes === lastSize)
        return known([...Array.from({ length: count - 1 }, () => firstSize), lastSize])
    }
    const unequal = asked || this.#refused ? known(null) : await this.#list(location, object, count, signal)
    if (!unequal.ok || unequal.value !== null) return unequal
    return count > MAX_PARTS_ASKED ? known(null) : askForAll(location, object, count, signal)
  }

  async #list(
    location: ObjectLocation,
    object: SourceObject,
    count: number,
    signal: AbortSignal | undefined,
  ): Promise<Attempt<number[] | null>> {
    const listed = await listParts(location, object, signal)
    if (!listed.ok) return listed
    if (listed.value.kind === 'refused') this.#refused = true
    if (listed.value.kind !== 'listed' || listed.value.sizes.length !== count) {
      this.#unlisted++
      return known(null)
    }
    this.#unlisted = 0
    return known(listed.value.sizes)
  }
}

async function askForAll(
  location: ObjectLocation,
  object: SourceObject,
  count: number,
  signal: AbortSignal | undefined,
): Promise<Attempt<number[] | null>> {
  const sizes = Array.from({ length: count }, () => 0)
  let next = 1
  let failed: { ok: false; failure: AttemptFailure } | null = null
  async function worker(): Promise<void> {
    while (next <= count && failed === null) {
      const number = next++
      const part = await headPart(location, object, number, signal)
      if (part.ok) sizes[number - 1] = part.value.sizeBytes
      else failed = part
    }
  }
  await Promise.all(Array.from({ length: ASKED_AT_ONCE }, worker))
  return failed === null ? known(sizes) : notTold(failed)
}

async function headPart(
  location: ObjectLocation,
  object: SourceObject,
  number: number,
  signal: AbortSignal | undefined,
): Promise<Attempt<{ sizeBytes: number; count: number }>> {
  const part = `partNumber=${number}`
  const query = location.query === '' ? part : `${part}&${location.query}`
  const name = `part ${number} of ${JSON.stringify(location.name)}`
  // Without `If-Match`: some stores refuse it for a part although it matches.
  const head = await headObject(location.endpoint, { path: location.path, query, name }, signal)
  if (!head.ok) return head
  const { object: found, headers } = head.value
  if (!sameEtag(found.etag, object.etag)) return { ...head, value: { sizeBytes: -1, count: 0 } }
  return {
    ...head,
    value: { sizeBytes: found.sizeBytes, count: Number(headers['x-amz-mp-parts-count'] ?? 0) },
  }
}

/** A store that refuses the question has no answer; any other failure may be temporary. */
function notTold(refused: { ok: false; failure: AttemptFailure }): Attempt<number[] | null> {
  const { status } = refused.failure
  return REFUSALS.has(status ?? 0) ? known(null) : refused
}

const REFUSALS = new Set([400, 405, 412, 416, 501])

function known(value: number[] | null): Attempt<number[] | null> {
  return { ok: true, value }
}
