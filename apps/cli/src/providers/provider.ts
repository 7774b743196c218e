/** Something a provider documents, and where. */
export interface Fact<T> {
  readonly value: T
  /** Page of the provider's documentation. */
  readonly link: string
}

/** What is set for a store when its provider is named. What is absent here is as with any store. */
export interface Provider {
  readonly title: string
  /**
   * URL with `{region}` and `{accountId}` for what the user gives. `aws`: left to the region. `own`: each installation has its own,
   * which has to be given.
   */
  readonly endpointUrl: Fact<string>
  /** What to sign for. Absent: the user gives it where the endpoint holds it, else any will do. */
  readonly region?: Fact<string>
  /** An example of a region, for messages. */
  readonly exampleRegion?: string
  readonly forcePathStyle?: Fact<boolean>
  /** Whether a PUT with `If-None-Match: *` is kept to. Absent: found out at the first refusal. */
  readonly conditionalWrites?: Fact<boolean>
  /** Where uploads are bounded otherwise than by S3. */
  readonly limits?: Fact<ProviderLimits>
  /** What nothing is set for, and one should know. */
  readonly notes?: readonly Fact<string>[]
}

export interface ProviderLimits {
  readonly equalParts?: boolean
  readonly maxParts?: number
  readonly maxSinglePutBytes?: number
}
