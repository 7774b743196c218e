import type { Attempt } from '../attempt.js'
import { documentRequest } from './control-request.js'
import { encodeQueryValue } from './encode-key.js'
import type { SourcePlace } from './object-location.js'

/** The tags of an object as the value of `x-amz-tagging`. */
export async function fetchTagging(
  place: SourcePlace,
  signal: AbortSignal | undefined,
): Promise<Attempt<string>> {
  const query = place.query === '' ? 'tagging=' : `tagging=&${place.query}`
  const request = { method: 'GET' as const, path: place.path, query, headers: [] }
  const name = `GET the tags of ${JSON.stringify(place.name)}`
  const answer = await documentRequest(place.endpoint, request, ['Tagging'], name, signal)
  if (!answer.ok) return answer
  const tags = answer.value.document.child('TagSet')?.all('Tag') ?? []
  const pairs = tags.map(
    (tag) => `${encodeQueryValue(tag.textOf('Key'))}=${encodeQueryValue(tag.textOf('Value'))}`,
  )
  return { ...answer, value: pairs.join('&') }
}
