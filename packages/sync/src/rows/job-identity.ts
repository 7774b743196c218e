import type { EndpointOptions } from '@lagoon/transfer'
import type { SyncOptions } from '../options.js'

/** A name for a bucket that tells it from every other: the state of one job must not be taken for another's. */
export function describeEndpoint({ endpointUrl, region, bucket }: EndpointOptions): string {
  return endpointUrl === undefined
    ? `s3://${bucket} (${region})`
    : `${endpointUrl.replace(/\/+$/, '')}/${bucket}`
}

/**
 * What the state of a run belongs to: this pair of buckets, and, where keys are mapped, this mapping. The state of one job must not be
 * taken for another's, or objects would count as copied that never were.
 */
export function identityOfJob({ source, destination, copy }: SyncOptions): Identity {
  const { stripPrefix = '', addPrefix = '' } = copy ?? {}
  const mapping = stripPrefix === '' && addPrefix === '' ? '' : ` keys ${stripPrefix}* to ${addPrefix}*`
  return { source: describeEndpoint(source), destination: describeEndpoint(destination) + mapping }
}

export interface Identity {
  readonly source: string
  readonly destination: string
}
