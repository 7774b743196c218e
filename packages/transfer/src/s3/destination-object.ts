import type { Attempt } from '../attempt.js'
import type { Endpoint } from './endpoint.js'
import { headObject, isAbsent } from './object-head.js'
import { readSourceObject, type SourceObject } from './object-headers.js'

/**
 * The object that the destination has at a path now; null if there is none.
 *
 * @param mayBeHidden true where a refusal is taken for none: without the right to list, S3 says of a missing object that it is forbidden
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
  // An object that is encrypted in another way than with our key is there, though nothing more can be known of it.
  if (head.failure.status === 400 && destination.customerKey !== null)
    return { ok: true, value: readSourceObject({}) }
  if (!isAbsent(head.failure) && !(mayBeHidden && head.failure.status === 403)) return head
  return { ok: true, value: null }
}
