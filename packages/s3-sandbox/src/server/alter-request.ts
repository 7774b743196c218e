import type { S3Request } from '../request/s3-request.js'

const MARKERS = new Set([
  'continuation-token',
  'start-after',
  'marker',
  'key-marker',
  'version-id-marker',
  'upload-id-marker',
  'part-number-marker',
])

/** A request as a store receives it with its faults applied. */
export function alteredRequest(request: S3Request): S3Request {
  let altered = request
  for (const action of request.faults) {
    if (action.type === 'other-range') {
      const { range, ...headers } = altered.headers
      const other = typeof action.range === 'function' ? action.range(range) : action.range
      altered = { ...altered, headers: other === null ? headers : { ...headers, range: other } }
    } else if (action.type === 'repeat-page') {
      const query = new Map([...altered.query].filter(([name]) => !MARKERS.has(name)))
      altered = { ...altered, query }
    }
  }
  return altered
}
