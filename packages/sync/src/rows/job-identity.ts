import type { EndpointOptions } from '@lagoon/transfer'
import type { KeyMapping } from '@lagoon/transfer'
import { describeShard, type Shard } from './shard.js'

/** Names for stores, by side. */
export interface StoreAliases {
  readonly source?: string
  readonly destination?: string
}

/** What of a run's options its state belongs to. */
export interface JobOptions {
  readonly source: EndpointOptions
  readonly destination: EndpointOptions
  readonly copy?: KeyMapping
  readonly shard?: Shard
  readonly aliases?: StoreAliases
}

export interface Identity {
  readonly source: string
  readonly destination: string
  /** Only where the job is done in shards, for example `3/16 by key`. */
  readonly shard?: string
}

/** A name for a bucket that tells it from every other: the state of one job must not be taken for another's. */
export function describeEndpoint({ endpointUrl, region, bucket }: EndpointOptions, alias?: string): string {
  if (alias !== undefined) return `${alias}/${bucket}`
  return endpointUrl === undefined
    ? `s3://${bucket} (${region})`
    : `${endpointUrl.replace(/\/+$/, '')}/${bucket}`
}

/**
 * What the state of a run belongs to: this pair of buckets, and, where keys are mapped or shared out, this mapping and this shard. The state of
 * one job must not be taken for another's, or objects would count as copied that never were.
 */
export function identityOfJob({ source, destination, copy, shard, aliases }: JobOptions): Identity {
  const { stripPrefix = '', addPrefix = '' } = copy ?? {}
  const mapping = stripPrefix === '' && addPrefix === '' ? '' : ` keys ${stripPrefix}* to ${addPrefix}*`
  return {
    source: describeEndpoint(source, aliases?.source),
    destination: describeEndpoint(destination, aliases?.destination) + mapping,
    ...(shard === undefined ? {} : { shard: describeShard(shard) }),
  }
}
