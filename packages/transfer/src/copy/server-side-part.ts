import type { Attempt } from '../contract/attempt.js'
import { documentRequest } from '../s3/control-request.js'
import type { CopiedPart, PlannedPart } from '../verify/part-digests.js'
import type { PartRequest } from './part.js'
import type { Endpoint } from '../s3/endpoint.js'
import { pushIfMatch } from '../s3/object-request.js'
import { unquoteEtag } from '../protocol/etag.js'
import { malformedAnswer } from '../failures/make-failure.js'
import { asSourceChanged } from '../failures/source-changed.js'

/** One attempt at a server-side copy of a part (UploadPartCopy); returns the part. */
export async function copyPartInStore(
  destination: Endpoint,
  { object, location, destinationPath, uploadId }: PartRequest,
  part: PlannedPart,
  copySource: string,
  signal: AbortSignal | undefined,
): Promise<Attempt<CopiedPart>> {
  const { number, start, end } = part
  const headers = ['x-amz-copy-source', copySource]
  pushIfMatch(location.endpoint, headers, object.rawEtag, 'x-amz-copy-source-if-match')
  headers.push(...(location.endpoint.customerKey?.copySource ?? []))
  if (start !== 0 || end !== object.sizeBytes)
    headers.push('x-amz-copy-source-range', `bytes=${start}-${end - 1}`)
  const query = `partNumber=${number}&uploadId=${uploadId}`
  const what = `copy part ${number} of ${JSON.stringify(location.name)} within the store`
  const request = { method: 'PUT' as const, path: destinationPath, query, headers }
  const roots = ['CopyPartResult', 'UploadPartCopyResult']
  const copied = await documentRequest(destination, request, roots, what, signal)
  if (!copied.ok) return { ok: false, failure: asSourceChanged(copied.failure) }
  const etag = unquoteEtag(copied.value.document.wordOf('ETag'))
  if (etag !== '')
    return { ...copied, value: { etag, md5: null, crcs: {}, checksum: null }, bytes: end - start }
  return { ok: false, failure: malformedAnswer(destination, `${what}: the response has no ETag`) }
}
