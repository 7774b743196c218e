import type { Attempt } from '../attempt.js'
import { controlRequest } from './control-request.js'
import { encodeQueryValue } from './encode-key.js'
import { element } from '../failures/error-body.js'
import type { SourcePlace } from './object-location.js'

/** The tags of an object as the value of `x-amz-tagging`. */
export async function fetchTagging(
  place: SourcePlace,
  signal: AbortSignal | undefined,
): Promise<Attempt<string>> {
  const query = place.query === '' ? 'tagging=' : `tagging=&${place.query}`
  const request = { method: 'GET' as const, path: place.path, query, headers: [] }
  const name = `GET the tags of ${JSON.stringify(place.name)}`
  const answer = await controlRequest(place.endpoint, 'source', request, name, signal)
  if (!answer.ok) return answer
  const pairs: string[] = []
  for (const [tag] of answer.value.body.toString().matchAll(/<Tag>.*?<\/Tag>/gs))
    pairs.push(`${encodeQueryValue(element(tag, 'Key'))}=${encodeQueryValue(element(tag, 'Value'))}`)
  return { ...answer, value: pairs.join('&') }
}
