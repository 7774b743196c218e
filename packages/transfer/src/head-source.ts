import type { Attempt } from './attempt.js'
import { controlRequest } from './control-request.js'
import { readSourceObject, type SourceObject } from './source-object.js'
import type { SourcePlace } from './source-parts.js'

/** One attempt at a HEAD of the source. */
export async function headObject(
  place: SourcePlace,
  signal: AbortSignal | undefined,
): Promise<Attempt<SourceObject>> {
  const { path, query, endpoint, name } = place
  const request = { method: 'HEAD' as const, path, query, headers: ['x-amz-checksum-mode', 'ENABLED'] }
  const head = await controlRequest(endpoint, 'source', request, `HEAD ${JSON.stringify(name)}`, signal)
  return head.ok ? { ...head, value: readSourceObject(head.value.headers) } : head
}
