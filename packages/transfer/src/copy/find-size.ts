import type { AttemptFailure, RunResult } from '../contract/attempt.js'
import { headSource } from '../s3/object-head.js'
import type { SourceObject } from '../protocol/object-headers.js'
import type { ObjectLocation } from '../s3/object-request.js'
import type { JobWork } from './execute-plan.js'

/**
 * The size of an object whose GET is chunked and has no length: what HEAD says, else what the caller said, which then
 * must be right. A store that decompresses gzip for clients that don't accept it is asked for the object as stored
 * from then on.
 */
export async function findSize(location: ObjectLocation, work: JobWork): Promise<RunResult<number>> {
  const { runner, signal, job } = work
  const head = await runner.run((given) => headSource(location, given ?? signal))
  if (!head.ok) return head
  const { attempts } = head
  if (head.value.sizeBytes >= 0) return { ok: true, value: head.value.sizeBytes, attempts }
  const packed = await packedSize(location, work)
  if (packed !== null) return { ok: true, value: packed, attempts }
  if (job.sizeBytes !== undefined) return { ok: true, value: job.sizeBytes, attempts }
  const message = `GET ${JSON.stringify(location.name)}: the response is chunked and has no Content-Length, and neither HEAD nor the manifest gives its size`
  const failure: AttemptFailure = { class: 'permanent', side: 'source', code: 'LengthUnknown', message }
  return { ok: false, failure, attempts }
}

/** What HEAD answers to a client that accepts gzip; null if the object is gone. */
async function packedSize(location: ObjectLocation, { runner, signal }: JobWork): Promise<number | null> {
  const { capabilities } = location.endpoint
  if (capabilities.unpacksGzip) return null
  const head = await runner.run((given) => headSource(location, given ?? signal, { takesGzip: true }))
  if (!head.ok || head.value.sizeBytes < 0 || !isGzip(head.value)) return null
  capabilities.observe({ unpacksGzip: true })
  return head.value.sizeBytes
}

function isGzip({ headers }: SourceObject): boolean {
  const at = headers.indexOf('content-encoding')
  return at >= 0 && /gzip/i.test(headers[at + 1]!)
}
