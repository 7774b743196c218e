import type { Attempt } from '../contract/attempt.js'
import { documentRequest } from './control-request.js'
import { encodeQueryValue } from '../protocol/encode-key.js'
import { escapeXml } from '../protocol/xml.js'
import type { ObjectLocation } from './object-request.js'

/** The tags of an object as the value of `x-amz-tagging`. S3Mock returns an empty body if there are none. */
export async function fetchTagging(
  location: ObjectLocation,
  signal: AbortSignal | undefined,
): Promise<Attempt<string>> {
  const query = location.query === '' ? 'tagging=' : `tagging=&${location.query}`
  const request = { method: 'GET' as const, path: location.path, query, headers: [] }
  const name = `GET the tags of ${JSON.stringify(location.name)}`
  const answer = await documentRequest(
    location.endpoint,
    request,
    ['Tagging', 'GetObjectTaggingResult'],
    name,
    signal,
    'Tagging',
  )
  if (!answer.ok) return answer.failure.code === 'NoSuchTagSet' ? { ok: true, value: '' } : answer
  const tags = answer.value.document.child('TagSet')?.all('Tag') ?? []
  const pairs = tags.map(
    (tag) => `${encodeQueryValue(tag.textOf('Key'))}=${encodeQueryValue(tag.textOf('Value'))}`,
  )
  return { ...answer, value: pairs.join('&') }
}

/** The same tags in a fixed order. */
export function sortedTags(tagging: string): string {
  return tagging.split('&').toSorted().join('&')
}

/** The document for PutObjectTagging, from the value of `x-amz-tagging`. */
export function taggingDocument(tagging: string): string {
  const tags = tagging.split('&').map((pair) => {
    const [key = '', value = ''] = pair.split('=').map((part) => escapeXml(decodeURIComponent(part)))
    return `<Tag><Key>${key}</Key><Value>${value}</Value></Tag>`
  })
  return `<Tagging xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><TagSet>${tags.join('')}</TagSet></Tagging>`
}
