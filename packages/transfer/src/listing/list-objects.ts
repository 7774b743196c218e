import { controlRequest } from '../s3/control-request.js'
import { encodeQueryValue } from '../s3/encode-key.js'
import type { Endpoint } from '../s3/endpoint.js'
import { element } from '../failures/error-body.js'
import { unquoteEtag } from '../verify/etag.js'
import { createSimpleRunner } from '../simple-runner.js'
import { storeError } from '../failures/store-error.js'

/** An object as a listing shows it. */
export interface ListedObject {
  key: string
  /** Without quotes. */
  etag: string
  sizeBytes: number
  lastModified?: Date
}

/** One page: the objects, and the common prefixes when a delimiter was given. */
export interface ListedPage {
  objects: ListedObject[]
  prefixes: string[]
  /** Whether nothing comes after it. */
  last: boolean
}

/** What to list. */
export interface Listing {
  prefix: string
  delimiter?: string
  /** Only what comes after this in the order of the store. */
  startAfter?: string
  /** Entries of a page, at most. Default: what the store gives, 1,000. */
  maxKeys?: number
  signal?: AbortSignal | undefined
}

/**
 * Pages of ListObjectsV2, each fetched when it is asked for, `attempts` times at most. Keys are asked for URL-encoded, because XML cannot carry every
 * character that a key may have. Not through the SDK: to load it costs 30 MB and a fifth of a second, and each run lists.
 *
 * @throws TransferError with the code that fits
 */
export async function* listPages(
  endpoint: Endpoint,
  listing: Listing,
  attempts: number,
): AsyncGenerator<ListedPage, void, undefined> {
  const { prefix, delimiter, startAfter, maxKeys, signal } = listing
  const { settings } = endpoint
  const runner = createSimpleRunner({ maxAttempts: attempts, ...(signal && { signal }) })
  let token = ''
  do {
    const query = queryOf({
      'continuation-token': token,
      delimiter: delimiter ?? '',
      'encoding-type': 'url',
      'list-type': '2',
      'max-keys': maxKeys === undefined ? '' : String(maxKeys),
      prefix,
      'start-after': token === '' ? (startAfter ?? '') : '',
    })
    const page = await runner.run((given) => fetchPage(endpoint, query, prefix, given))
    if (!page.ok) {
      if (signal?.aborted) throw signal.reason
      throw storeError(page.failure, settings)
    }
    const xml = page.value
    const decode = element(xml, 'EncodingType') === 'url' ? decodeListed : (text: string) => text
    token = element(xml, 'IsTruncated') === 'true' ? element(xml, 'NextContinuationToken') : ''
    yield {
      objects: Array.from(xml.matchAll(/<Contents>.*?<\/Contents>/gs), ([object]) =>
        readObject(object, decode),
      ),
      prefixes: Array.from(xml.matchAll(/<CommonPrefixes>.*?<\/CommonPrefixes>/gs), ([found]) =>
        decode(element(found, 'Prefix')),
      ),
      last: token === '',
    }
  } while (token !== '')
}

async function fetchPage(endpoint: Endpoint, query: string, prefix: string, signal: AbortSignal | undefined) {
  const request = { method: 'GET' as const, path: endpoint.bucketPath, query, headers: [] }
  const answer = await controlRequest(endpoint, 'source', request, `list '${prefix}'`, signal)
  if (!answer.ok) return answer
  const xml = answer.value.body.toString()
  if (xml.includes('</ListBucketResult>')) return { ...answer, value: xml }
  const message = `list '${prefix}': the answer is no whole listing`
  return {
    ok: false,
    failure: { class: 'transient', side: 'source', code: 'MalformedAnswer', message },
  } as const
}

function readObject(xml: string, decode: (text: string) => string): ListedObject {
  const lastModified = new Date(element(xml, 'LastModified'))
  return {
    key: decode(element(xml, 'Key')),
    etag: unquoteEtag(element(xml, 'ETag')),
    sizeBytes: Number(element(xml, 'Size')),
    ...(Number.isNaN(lastModified.getTime()) ? {} : { lastModified }),
  }
}

/** In the order of the names, as a signature wants them. */
function queryOf(parameters: Record<string, string>): string {
  return Object.entries(parameters)
    .filter(([, value]) => value !== '')
    .map(([name, value]) => `${name}=${encodeQueryValue(value)}`)
    .join('&')
}

/** Undoes the encoding of a listing, which writes a space as `+`. Bytes that are no UTF-8 stay encoded. */
function decodeListed(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '))
  } catch {
    return text
  }
}
