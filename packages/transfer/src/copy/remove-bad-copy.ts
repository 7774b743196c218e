import { controlRequest } from '../s3/control-request.js'
import { headDestination } from '../s3/destination-object.js'
import { encodeQueryValue } from '../s3/encode-key.js'
import type { Endpoint } from '../s3/endpoint.js'

/** An object that was stored and should not have been. */
export interface WrongObject {
  etag: string
  /** Null where the store named none as it stored it. */
  versionId: string | null
}

/**
 * Removes a wrong object, if it is still that one: its very version where the bucket keeps versions, so that what was there before is there
 * again, else whatever is at the path if its ETag is the wrong one.
 */
export async function removeWrong(
  destination: Endpoint,
  path: string,
  name: string,
  wrong: WrongObject,
): Promise<void> {
  let versionId: string | null | undefined = wrong.versionId
  if (versionId === null) {
    const head = await headDestination(destination, path, name, undefined)
    if (!head.ok || head.value?.etag !== wrong.etag) return
    versionId = head.value.versionId
  }
  const query = versionId === undefined ? '' : `versionId=${encodeQueryValue(versionId)}`
  const request = { method: 'DELETE' as const, path, query, headers: [] }
  await controlRequest(destination, 'destination', request, `DELETE ${JSON.stringify(name)}`, undefined)
}
