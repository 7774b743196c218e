import type { Attempt, Side } from '../contract/attempt.js'
import { encodeKey, encodeQueryValue } from '../protocol/encode-key.js'
import { Endpoint } from '../s3/endpoint.js'
import { headObject, isAbsent } from '../s3/object-head.js'
import { whole } from '../contract/check-options.js'
import type { EndpointOptions } from '../options/endpoint-options.js'
import { fetchTagging, sortedTags } from '../s3/source-tags.js'
import { resolveEndpoint } from '../options/resolve-endpoint.js'
import type { SourceObject } from '../protocol/object-headers.js'

/** What a store says of an object. */
export type InspectedObject = Pick<
  SourceObject,
  'sizeBytes' | 'etag' | 'etagIsDigest' | 'checksums' | 'headers' | 'storageClass'
> & {
  /** As the value of `x-amz-tagging`, sorted by key; only where they were asked for. */
  tags?: string
}

/** Asks both stores about objects, one attempt at a time, and copies nothing. */
export interface Inspector {
  /** One HEAD, as data; null where the store has no such object. It is never repeated here. */
  head(
    side: Side,
    object: { readonly key: string; readonly versionId?: string },
    signal?: AbortSignal,
  ): Promise<Attempt<InspectedObject | null>>
  /** HTTP requests sent so far. */
  readonly requests: { readonly source: number; readonly destination: number }
  close(): Promise<void>
}

export interface InspectorOptions {
  source: EndpointOptions
  destination: EndpointOptions
  /** Most connections to each side; opened only as needed. Default 1,024; 1 to 65,535. */
  connections?: number
  /** Asks for the checksums that the stores keep, too, which takes a permission to decrypt where objects are encrypted. Default false. */
  checksums?: boolean
  /** Asks for the tags, too, by a second request for each object. Default false. */
  tags?: boolean
}

/**
 * Opens nothing yet.
 *
 * @throws TransferError for impossible options
 */
export function createInspector(options: InspectorOptions): Inspector {
  const connections = whole('connections', options.connections, 1024, 1, 65_535)
  const sides = {
    source: new Endpoint(resolveEndpoint(options.source), 'source', connections),
    destination: new Endpoint(resolveEndpoint(options.destination), 'destination', connections),
  }
  return {
    async head(side, { key, versionId }, signal) {
      const endpoint = sides[side]
      const path = endpoint.pathOf(encodeKey(key))
      const query = versionId === undefined ? '' : `versionId=${encodeQueryValue(versionId)}`
      const startedAt = performance.now()
      const request = { path, query, name: JSON.stringify(key), checksums: options.checksums === true }
      const answer = await headObject(endpoint, request, signal)
      const ttfbMs = performance.now() - startedAt
      if (answer.ok) {
        const value: InspectedObject = answer.value.object
        if (options.tags !== true) return { ok: true, value, ttfbMs, side }
        const location = { endpoint, path, query, name: key }
        const tags = await fetchTagging(location, signal)
        if (!tags.ok) return tags
        return { ok: true, value: { ...value, tags: sortedTags(tags.value) }, ttfbMs, side }
      }
      if (!isAbsent(answer.failure)) return answer
      return { ok: true, value: null, ttfbMs, side }
    },
    requests: {
      get source() {
        return sides.source.requests
      },
      get destination() {
        return sides.destination.requests
      },
    },
    async close() {
      await Promise.all([sides.source.close(), sides.destination.close()])
    },
  }
}
