import type { Attempt } from '../contract/attempt.js'
import { malformedAnswer } from '../failures/make-failure.js'
import { storeError } from '../failures/store-error.js'
import { documentRequest } from '../s3/control-request.js'
import { encodeQueryValue } from '../protocol/encode-key.js'
import type { Endpoint } from '../s3/endpoint.js'
import { createSimpleRunner } from '../contract/simple-runner.js'
import { readPage, type FetchedPage, type ListedObject } from './page.js'
import { ListingCursor, type PageStart } from './listing-cursor.js'

/** One page: the objects, and the common prefixes if a delimiter was given. */
export interface ListedPage {
  objects: ListedObject[]
  prefixes: string[]
  /** Whether this is the last page. */
  last: boolean
}

/** What to list. */
export interface Listing {
  prefix: string
  delimiter?: string
  /** Only what comes after this key in the store's order. */
  startAfter?: string
  /** Most entries per page. Default: the store's, 1,000. */
  maxKeys?: number
  signal?: AbortSignal | undefined
}

/**
 * Pages of ListObjectsV2, each fetched on demand, with at most `attempts` attempts. Keys are requested URL-encoded,
 * because XML cannot carry every character that a key may have. If a store says that more follows but sends no token,
 * the listing continues from the last key, also in the form of ListObjects, version 1: see {@link ListingCursor}. It
 * does not use the SDK, which costs 30 MB and a fifth of a second to load, and every run lists.
 *
 * @throws TransferError with the matching code; `LAGOON_TRANSFER_LISTING_INCOMPLETE` for a listing that cannot be
 *   completed
 */
export async function* listPages(
  endpoint: Endpoint,
  listing: Listing,
  attempts: number,
): AsyncGenerator<ListedPage, void, undefined> {
  const { signal } = listing
  const runner = createSimpleRunner({ maxAttempts: attempts, ...(signal && { signal }) })
  const cursor = new ListingCursor(listing.startAfter ?? '')
  for (let start: PageStart | null = cursor.start; start !== null;) {
    const query = queryOf(listing, start)
    const fetched = await runner.run((given) => fetchPage(endpoint, query, listing, given))
    if (!fetched.ok) {
      if (signal?.aborted) throw signal.reason
      throw storeError(fetched.failure, endpoint.settings)
    }
    const page = cursor.advance(fetched.value)
    if (page === 'no-progress') throw storeError(incomplete(endpoint, listing.prefix), endpoint.settings)
    start = page.next
    if (page.isRepeated) continue
    yield { objects: page.objects, prefixes: page.prefixes, last: start === null }
  }
}

function queryOf({ prefix, delimiter = '', maxKeys }: Listing, start: PageStart): string {
  const isV1 = 'marker' in start
  // In the order of the names, as a signature wants them.
  const parameters = {
    'continuation-token': 'token' in start ? start.token : '',
    delimiter,
    'encoding-type': 'url',
    'list-type': isV1 ? '' : '2',
    marker: isV1 ? start.marker : '',
    'max-keys': maxKeys === undefined ? '' : String(maxKeys),
    prefix,
    'start-after': 'startAfter' in start ? start.startAfter : '',
  }
  return Object.entries(parameters)
    .filter(([, value]) => value !== '')
    .map(([name, value]) => `${name}=${encodeQueryValue(value)}`)
    .join('&')
}

async function fetchPage(
  endpoint: Endpoint,
  query: string,
  listing: Listing,
  signal: AbortSignal | undefined,
): Promise<Attempt<FetchedPage>> {
  const request = { method: 'GET' as const, path: endpoint.bucketPath, query, headers: [] }
  const what = `list '${listing.prefix}'`
  const answer = await documentRequest(endpoint, request, ['ListBucketResult'], what, signal)
  if (!answer.ok) return answer
  const page = readPage(answer.value.document, listing)
  if (typeof page !== 'string') return { ...answer, value: page }
  return { ok: false, failure: malformedAnswer(endpoint, `${what}: the listing ${page}`) }
}

function incomplete(endpoint: Endpoint, prefix: string) {
  const message = `list '${prefix}': the store says that more keys follow, but returns the same page again`
  return { class: 'permanent', side: endpoint.side, code: 'ListingIncomplete', message } as const
}
