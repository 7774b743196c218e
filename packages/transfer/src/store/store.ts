import type { Side } from '../contract/attempt.js'
import { Endpoint } from '../s3/endpoint.js'
import { listInParallel, type UnorderedListing } from '../listing/list-in-parallel.js'
import { listPages, type Listing } from '../listing/list-objects.js'
import type { ListedObject } from '../listing/page.js'
import type { KeyRange } from '../listing/split-listing.js'
import { whole } from '../contract/check-options.js'
import type { EndpointOptions } from '../options/endpoint-options.js'
import { probeBucket } from '../s3/probe-bucket.js'
import { resolveEndpoint } from '../options/resolve-endpoint.js'
import { ObjectRequests, type ObjectHead } from './store-request.js'

/** One bucket, for everything but copying. Every method throws `TransferError`, or the signal's reason. */
export interface Store {
  /** Objects under a prefix in key order, a page at a time on demand. */
  list(options: { prefix: string; signal?: AbortSignal }): AsyncIterable<ListedObject>
  /**
   * The objects under some prefixes, of which none may begin with another, in no particular order: a page at a time, by `parallel` listings
   * at once, at most 256. `ranges` instead of `prefixes` continues a listing with what its `remaining` said.
   */
  listUnordered(
    options: ({ prefixes: readonly string[] } | { ranges: readonly KeyRange[] }) & {
      parallel: number
      signal?: AbortSignal
    },
  ): UnorderedListing
  /** Common prefixes up to the next `/`. */
  listPrefixes(options: { prefix: string; signal?: AbortSignal }): AsyncIterable<string>
  /** Bytes from `start` up to `end`, exactly that many. With `etag`, of that version or not at all. */
  read(options: {
    key: string
    start: number
    end: number
    etag?: string
    signal?: AbortSignal
  }): Promise<Uint8Array>
  head(options: { key: string; signal?: AbortSignal }): Promise<ObjectHead>
  /** Resolves if the bucket exists and may be listed; throws what is wrong otherwise. */
  probe(options?: { signal?: AbortSignal }): Promise<void>
  /** Stores a small object that is in memory, without the customer-provided key, so that every reader of the bucket can read it. */
  putObject(options: {
    key: string
    body: Uint8Array
    contentType: string
    signal?: AbortSignal
  }): Promise<void>
  deleteObject(options: { key: string; versionId?: string; signal?: AbortSignal }): Promise<void>
  /** Requests sent so far. */
  readonly requests: number
  close(): Promise<void>
}

const ATTEMPTS = 4
const CONNECTIONS = 64

/**
 * Opens nothing yet.
 *
 * @param side which store of a copy it is, for failures
 *
 * @throws TransferError for impossible options
 */
export function createStore(options: EndpointOptions, side: Side = 'source'): Store {
  const settings = resolveEndpoint(options)
  const endpoint = new Endpoint(settings, side, CONNECTIONS)

  const objects = new ObjectRequests(endpoint)
  const pages = (listing: Listing) => listPages(endpoint, listing, ATTEMPTS)

  return {
    async *list({ prefix, signal }) {
      for await (const { objects } of pages({ prefix, signal })) yield* objects
    },

    listUnordered({ parallel, signal, ...what }) {
      const listings = whole('parallel', parallel, 1, 1, 256)
      const ranges =
        'ranges' in what ? what.ranges : what.prefixes.map((prefix) => ({ prefix, after: '', last: null }))
      return listInParallel(pages, { ranges, parallel: listings, signal })
    },

    async *listPrefixes({ prefix, signal }) {
      const listing = { prefix, delimiter: '/', signal }
      for await (const { prefixes } of pages(listing)) yield* prefixes
    },

    async read({ key, start, end, etag, signal }) {
      if (end <= start) return new Uint8Array()
      const ifMatch = etag === undefined ? undefined : `"${etag}"`
      return objects.read(key, { start, end, ifMatch }, signal)
    },

    head: ({ key, signal }) => objects.head(key, signal),

    probe: ({ signal } = {}) => probeBucket(endpoint, signal),

    putObject: ({ key, body, contentType, signal }) => objects.put(key, { body, contentType }, signal),

    deleteObject: ({ key, versionId, signal }) => objects.delete(key, versionId, signal),

    get requests() {
      return endpoint.requests
    },

    close: () => endpoint.close(),
  }
}
