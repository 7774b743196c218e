import type { Attempt } from '../attempt.js'
import { headObject, type HeadRequest } from './object-head.js'
import { objectAt, type SourceObject } from './object-headers.js'
import type { ObjectLocation } from './object-location.js'
import { pushChecksumMode, withoutChecksumMode } from './object-request.js'

/**
 * One attempt at a HEAD of the source, with the checksums that it keeps; a second request if the store does not
 * support that question.
 */
export async function headSource(
  place: ObjectLocation,
  signal: AbortSignal | undefined,
  form: Pick<HeadRequest, 'takesGzip'> = {},
): Promise<Attempt<SourceObject>> {
  const { endpoint, path, query, name } = place
  const headers: string[] = []
  const asked = pushChecksumMode(endpoint, headers)
  const head = await headObject(
    endpoint,
    { path, query, headers, name: JSON.stringify(name), ...form },
    signal,
  )
  if (head.ok) return { ...head, value: objectAt(endpoint, head.value) }
  const failure = withoutChecksumMode(endpoint, head.failure, asked)
  return failure === head.failure ? head : headSource(place, signal, form)
}
