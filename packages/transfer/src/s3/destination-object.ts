import type { Attempt } from '../attempt.js'
import type { Endpoint } from './endpoint.js'
import { headObject, isAbsent } from './object-head.js'
import { readSourceObject, type SourceObject } from './object-headers.js'

/**
 * The object that is at a path of the destination now; null if there is none.
 *
 * @param mayBeHidden true if a refusal counts as no object: without the permission to list, S3 answers 403 for a
 *   missing object
 */
export async function headDestination(
  destination: Endpoint,
  path: string,
  name: string,
  signal: AbortSignal | undefined,
  mayBeHidden = false,
): Promise<Attempt<SourceObject | null>> {
  const head = await headObject(destination, { path, name: JSON.stringify(name) }, signal)
  if (head.ok) return { ...head, value: readSourceObject(head.value) }
  // There is an object that is encrypted differently, and nothing more can be known about it.
  if (head.failure.status === 400 && destination.customerKey !== null)
    return { ok: true, value: readSourceObject({}) }
  if (!isAbsent(head.failure) && !(mayBeHidden && head.failure.status === 403)) return head
  return { ok: true, value: null }
}
