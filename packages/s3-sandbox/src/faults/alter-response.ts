import { isDocumentBody, type S3Response } from '../message/s3-response.js'
import type { RequestRecord } from '../log/request-record.js'
import type { XmlNode } from '../message/build-xml.js'
import type { FaultAction } from './fault-rule.js'

/** An operation's response with the faults of its head and its document. */
export function alteredResponse(
  answer: S3Response,
  actions: readonly FaultAction[],
  request: RequestRecord,
): S3Response {
  let altered = answer
  for (const action of actions) {
    switch (action.type) {
      case 'headers':
        altered = { ...altered, headers: withHeaders(altered.headers, action.set) }
        break
      case 'etag':
        altered = withEtag(altered, action.value)
        break
      case 'other-range':
        if (action.contentRange === 'asked') altered = claiming(altered, String(request.headers.range ?? ''))
        break
      case 'repeat-page':
        altered = withMore(altered, action.tokens === 'fresh' ? `-${request.id}` : '')
        break
      default:
    }
  }
  return altered
}

function withHeaders(
  headers: S3Response['headers'],
  set: Readonly<Record<string, string | null>>,
): S3Response['headers'] {
  const changed = { ...headers }
  for (const [name, value] of Object.entries(set)) {
    if (value === null) delete changed[name.toLowerCase()]
    else changed[name.toLowerCase()] = value
  }
  return changed
}

function withEtag(answer: S3Response, value: string | null): S3Response {
  const quoted = value === null ? null : `"${value.replaceAll('"', '')}"`
  const { body } = answer
  if (isDocumentBody(body) && body.document.content['ETag'] !== undefined) {
    return withContent(answer, { ETag: quoted ?? undefined })
  }
  return answer.headers['etag'] === undefined
    ? answer
    : { ...answer, headers: withHeaders(answer.headers, { etag: quoted }) }
}

/** Claims that the requested range is the one that is sent. */
function claiming(answer: S3Response, asked: string): S3Response {
  const claimed = /^bytes=(\d+)-(\d*)$/.exec(asked)
  const sent = /^bytes (\d+)-(\d+)\/(\d+)$/.exec(String(answer.headers['content-range'] ?? ''))
  if (claimed === null || sent === null) return answer
  const first = Number(claimed[1])
  const last = first + Number(sent[2]) - Number(sent[1])
  return { ...answer, headers: { ...answer.headers, 'content-range': `bytes ${first}-${last}/${sent[3]}` } }
}

function withMore(answer: S3Response, suffix: string): S3Response {
  const { body } = answer
  if (!isDocumentBody(body) || body.document.content['IsTruncated'] === undefined) return answer
  const { root, content } = body.document
  const more: Record<string, XmlNode> = {
    ListBucketResult: {
      NextContinuationToken: `${String(content['NextContinuationToken'] ?? 'bW9yZQ==')}${suffix}`,
    },
    ListVersionsResult: { NextKeyMarker: content['NextKeyMarker'] ?? 'more', NextVersionIdMarker: 'null' },
    ListMultipartUploadsResult: {
      NextKeyMarker: content['NextKeyMarker'] ?? 'more',
      NextUploadIdMarker: `${String(content['NextUploadIdMarker'] ?? 'more')}${suffix}`,
    },
    ListPartsResult: {},
  }
  return withContent(answer, { ...more[root], IsTruncated: true })
}

function withContent(answer: S3Response, changes: XmlNode): S3Response {
  const { body } = answer
  if (!isDocumentBody(body)) return answer
  const { document } = body
  return { ...answer, body: { document: { ...document, content: { ...document.content, ...changes } } } }
}
