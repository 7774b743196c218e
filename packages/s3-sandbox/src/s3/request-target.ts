import { decodeUri } from './uri.js'

/** A request's target, parsed without normalisation: `a//b`, `../x` and `%2F` stay as they are. */
export interface RequestTarget {
  /** The path as sent, still escaped. */
  rawPath: string
  /** Null for the service itself. */
  bucket: string | null
  /** Null for the bucket itself. */
  key: string | null
  /** Decoded parameters in the order sent; of duplicates, the first counts. */
  query: ReadonlyMap<string, string>
}

/**
 * Parses `/bucket/key?query`, or `/key?query` if the bucket is in the host name.
 *
 * @throws {S3Error} `InvalidURI`
 */
export function parseRequestTarget(target: string, hostBucket: string | null): RequestTarget {
  const origin = /^https?:\/\/[^/?]*/.exec(target)
  const local = origin === null ? target : target.slice(origin[0].length)
  const mark = local.indexOf('?')
  const rawPath = mark === -1 ? local : local.slice(0, mark)
  const query = parseQuery(mark === -1 ? '' : local.slice(mark + 1))
  const path = rawPath.startsWith('/') ? rawPath.slice(1) : rawPath
  if (hostBucket !== null)
    return { rawPath, bucket: hostBucket, key: path === '' ? null : decodeUri(path), query }
  const slash = path.indexOf('/')
  const bucket = decodeUri(slash === -1 ? path : path.slice(0, slash))
  const key = slash === -1 ? '' : decodeUri(path.slice(slash + 1))
  return { rawPath, bucket: bucket === '' ? null : bucket, key: key === '' ? null : key, query }
}

function parseQuery(text: string): Map<string, string> {
  const query = new Map<string, string>()
  if (text === '') return query
  for (const pair of text.split('&')) {
    if (pair === '') continue
    const equals = pair.indexOf('=')
    const name = decodeUri((equals === -1 ? pair : pair.slice(0, equals)).replaceAll('+', '%20'))
    const value = equals === -1 ? '' : decodeUri(pair.slice(equals + 1).replaceAll('+', '%20'))
    if (!query.has(name)) query.set(name, value)
  }
  return query
}

/** The bucket in a host name such as `photos.localhost:9000`, or null if the host is the server itself. */
export function bucketOfHost(host: string | undefined, domain: string): string | null {
  if (host === undefined) return null
  const name = host.replace(/:\d+$/, '')
  return name.length > domain.length + 1 && name.endsWith(`.${domain}`)
    ? name.slice(0, -domain.length - 1)
    : null
}
