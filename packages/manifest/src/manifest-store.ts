/** What this package needs of a store that holds manifests. `@lagoon/transfer`'s store fits. */
export interface ManifestStore {
  /** Every object under a prefix, at any depth, in listing order. */
  list(options: { prefix: string; signal?: AbortSignal }): AsyncIterable<ListedObject>
  /** The common prefixes directly below a prefix, ending with the delimiter `/`. */
  listPrefixes(options: { prefix: string; signal?: AbortSignal }): AsyncIterable<string>
  /**
   * The bytes `[start, end)` of an object, only if it still has this ETag. Fewer bytes than requested are an error. An error whose HTTP
   * status is 412, 416 or 404, or that has such a name (`PreconditionFailed`, `NoSuchKey`), means that the object was replaced,
   * truncated or deleted.
   */
  read(options: ReadOptions): Promise<Uint8Array>
}

/** An object as a listing shows it. */
export interface ListedObject {
  key: string
  etag: string
  sizeBytes: number
  lastModified?: Date
}

/** A ranged read. */
export interface ReadOptions {
  key: string
  /** First byte, counted from 0. */
  start: number
  /** One past the last byte. */
  end: number
  /** Without quotes; sent as `If-Match`. */
  etag?: string
  signal?: AbortSignal
}

/** Names one version of a manifest. */
export interface ManifestRef {
  key: string
  /** Without quotes. */
  etag: string
  sizeBytes: number
}
