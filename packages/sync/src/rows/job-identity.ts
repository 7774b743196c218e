import type { EndpointOptions } from '@lagoon/transfer'
import type { KeyMapping } from '@lagoon/transfer'
import { describeShard, type Shard } from './shard.js'

/** Names for stores, by side. */
export interface StoreAliases {
  readonly source?: string
  readonly destination?: string
}

/** The options of a run that its state belongs to. */
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
  /** Only if the job is split into shards, for example `3/16 by key`. */
  readonly shard?: string
}

/** A name for a bucket that distinguishes it from every other: one job's state must not be mistaken for another's. */
export function describeEndpoint({ endpointUrl, region, bucket }: EndpointOptions, alias?: string): string {
  if (alias !== undefined) return `${alias}/${bucket}`
  return endpointUrl === undefined
    ? `s3://${bucket} (${region})`
    : `${endpointUrl.replace(/\/+$/, '')}/${bucket}`
}

/**
 * What the state of a run belongs to: this pair of buckets, and, if keys are mapped or shared out, this mapping and this shard. One
 * job's state must not be mistaken for another's, or objects would count as copied that never were.
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
