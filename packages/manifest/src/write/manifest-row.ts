/** An object as a manifest names it. */
export interface ManifestRow {
  key: string
  /** Size in bytes. */
  size?: number
  /** Without quotes. */
  etag?: string
  lastModified?: Date
  versionId?: string
  /** Where the object is to lie at the destination. */
  destinationKey?: string
}
