import { hash } from 'node:crypto'
import type { Attempt } from './attempt.js'
import { controlRequest } from './control-request.js'
import type { CopiedPart, PartRequest } from './copy-part.js'
import type { Endpoint } from './endpoint.js'
import { unquoteEtag } from './etag.js'
import type { PlannedPart } from './plan-object.js'
import { checksumOf } from './running-checksum.js'

/** One attempt at sending a part whose bytes are at hand. What is computed of them is compared with the source's ETag, as for any other part. */
export async function sendPart(
  destination: Endpoint,
  { place, destinationPath, uploadId, watch }: PartRequest,
  { number }: PlannedPart,
  bytes: Buffer,
  signal: AbortSignal | undefined,
): Promise<Attempt<CopiedPart>> {
  const query = `partNumber=${number}&uploadId=${uploadId}`
  const headers = ['content-length', String(bytes.length)]
  const request = { method: 'PUT' as const, path: destinationPath, query, headers, body: bytes }
  const what = `upload part ${number} of ${JSON.stringify(place.name)}`
  const sent = await controlRequest(destination, 'destination', request, what, signal)
  if (!sent.ok) return sent
  const { etag } = sent.value.headers
  if (typeof etag !== 'string') {
    const message = `${what}: the answer names no ETag`
    return {
      ok: false,
      failure: { class: 'transient', side: 'destination', code: 'MalformedAnswer', message },
    }
  }
  const md5 = watch.md5 ? hash('md5', bytes, 'hex') : null
  const checksum = watch.checksum === null ? null : checksumOf(watch.checksum, bytes)
  const value = { etag: unquoteEtag(etag), md5, crcs: {}, checksum }
  return { ...sent, value, bytes: bytes.length }
}
