import type { Attempt } from './attempt.js'
import { controlRequest } from './control-request.js'
import type { Endpoint } from './endpoint.js'
import type { WrongObject } from './copy-object.js'
import { readSourceObject, type SourceObject } from './source-object.js'

/** The object that the destination has at a path now; null if there is none. */
export async function headDestination(
  destination: Endpoint,
  path: string,
  name: string,
  signal: AbortSignal | undefined,
): Promise<Attempt<SourceObject | null>> {
  const request = { method: 'HEAD' as const, path, query: '', headers: [] }
  const head = await controlRequest(
    destination,
    'destination',
    request,
    `HEAD ${JSON.stringify(name)}`,
    signal,
  )
  if (head.ok) return { ...head, value: readSourceObject(head.value.headers) }
  // An object that is encrypted in another way than with our key is there, though nothing more can be known of it.
  if (head.failure.status === 400 && destination.customerKey !== null)
    return { ok: true, value: readSourceObject({}), bytes: 0, ttfbMs: 0 }
  if (head.failure.status !== 404 || head.failure.code === 'NoSuchBucket') return head
  return { ok: true, value: null, bytes: 0, ttfbMs: 0 }
}

/**
 * Removes an object that should not have been stored, if it is still that one: its very version where the bucket keeps versions, else
 * whatever is at the path if its ETag is the wrong one.
 */
export async function removeWrong(
  destination: Endpoint,
  path: string,
  name: string,
  wrong: WrongObject,
): Promise<void> {
  if (wrong.versionId === null) {
    const head = await headDestination(destination, path, name, undefined)
    if (!head.ok || head.value?.etag !== wrong.etag) return
  }
  const query = wrong.versionId === null ? '' : `versionId=${encodeURIComponent(wrong.versionId)}`
  const request = { method: 'DELETE' as const, path, query, headers: [] }
  await controlRequest(destination, 'destination', request, `DELETE ${JSON.stringify(name)}`, undefined)
}
