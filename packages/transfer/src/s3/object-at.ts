import type { Endpoint } from './endpoint.js'
import { readSourceObject, type ResponseHeaders, type SourceObject } from './object-headers.js'

/** What an endpoint's answer says about an object, and what its ETag proves there. */
export function objectAt({ settings }: Endpoint, headers: ResponseHeaders): SourceObject {
  const object = readSourceObject(headers)
  if (settings.etags === 'opaque') object.etagIsDigest = false
  return object
}
