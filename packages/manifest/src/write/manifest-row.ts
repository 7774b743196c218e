/** An object as a manifest names it. */
export interface ManifestRow {
  key: string
  /** Size in bytes. */
  size?: number
  /** Without quotes. */
  etag?: string
  lastModified?: Date
  versionId?: string
  /** Destination key of the object. */
  destinationKey?: string
}
