import type { Attempt } from '../attempt.js'
import { headObject } from './object-head.js'
import { objectAt } from './object-at.js'
import type { SourceObject } from './object-headers.js'
import type { SourcePlace } from './object-location.js'

/** One attempt at a HEAD of the source. */
export async function headSource(
  { endpoint, path, query, name }: SourcePlace,
  signal: AbortSignal | undefined,
): Promise<Attempt<SourceObject>> {
  const headers = ['x-amz-checksum-mode', 'ENABLED']
  const request = { path, query, headers, name: JSON.stringify(name) }
  const head = await headObject(endpoint, request, signal)
  return head.ok ? { ...head, value: objectAt(endpoint, head.value) } : head
}
