const MIB = 1024 ** 2
const GIB = 1024 ** 3
const TIB = 1024 ** 4

/** The limits of a store. */
export interface DestinationLimits {
  maxObjectBytes: number
  maxSinglePutBytes: number
  /** Applies to every part but the last. */
  minPartBytes: number
  maxPartBytes: number
  maxParts: number
  /** True if all parts but the last must have the same size. */
  equalParts: boolean
}

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html; most stores follow it. */
export const S3_LIMITS: DestinationLimits = {
  maxObjectBytes: 5 * TIB,
  maxSinglePutBytes: 5 * GIB,
  minPartBytes: 5 * MIB,
  maxPartBytes: 5 * GIB,
  maxParts: 10_000,
  equalParts: false,
}

/** Stores whose limits differ, by the end of their host name. */
const BY_HOST: readonly [suffix: string, limits: Partial<DestinationLimits>][] = [
  // As many parts as there may be, each as large as it may be; other stores keep to the 5 TiB that were AWS's limit until 2025.
  ['.amazonaws.com', { maxObjectBytes: 10_000 * 5 * GIB }],
  ['.amazonaws.com.cn', { maxObjectBytes: 10_000 * 5 * GIB }],
  // https://developers.cloudflare.com/r2/objects/multipart-objects/
  ['.r2.cloudflarestorage.com', { equalParts: true, maxSinglePutBytes: 5 * GIB - 5 * MIB }],
  // https://www.scaleway.com/en/docs/object-storage/reference-content/optimize-object-storage-performance/
  ['.scw.cloud', { maxParts: 1000 }],
]

/** The limits of the store behind an endpoint: those given, else those known for the host, else those of S3. */
export function limitsOf({
  host,
  limits,
}: {
  host: string
  limits: Partial<DestinationLimits> | undefined
}): DestinationLimits {
  const name = host.replace(/:\d+$/, '')
  const special = BY_HOST.find(([suffix]) => name.endsWith(suffix))
  return { ...S3_LIMITS, ...special?.[1], ...limits }
}
