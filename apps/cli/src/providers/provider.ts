/** A fact that a provider documents, and where. */
export interface Fact<T> {
  readonly value: T
  /** Page of the provider's documentation. */
  readonly link: string
}

/** What naming a provider sets for a store. Anything missing here is the default. */
export interface Provider {
  readonly title: string
  /**
   * URL with `{region}` and `{accountId}` for the user's values. `aws`: derived from the region. `own`: each installation has its own,
   * which has to be set.
   */
  readonly endpointUrl: Fact<string>
  /** Region to sign for. Absent: the user sets it if the endpoint contains it, else any will do. */
  readonly region?: Fact<string>
  /** An example of a region, for messages. */
  readonly exampleRegion?: string
  readonly forcePathStyle?: Fact<boolean>
  /** Whether a PUT with `If-None-Match: *` is honoured. Absent: found out at the first refusal. */
  readonly conditionalWrites?: Fact<boolean>
  /** Limits of uploads that differ from S3's. */
  readonly limits?: Fact<ProviderLimits>
  /** Things to know that need no setting. */
  readonly notes?: readonly Fact<string>[]
}

interface ProviderLimits {
  readonly equalParts?: boolean
  readonly maxParts?: number
  readonly maxSinglePutBytes?: number
}
