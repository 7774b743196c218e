import { pickRows } from './batches.js'
import { mapKey, type KeyMapping } from '@lagoon/transfer'
import { SyncError } from '../ports/errors.js'
import type {
  BatchOptions,
  KeyBatch,
  ManifestReader,
  ManifestRef,
  ManifestSource,
} from '../ports/manifests.js'

/** One of `count` parts of a job that share nothing: each machine copies one. */
export interface Shard {
  /** From 0. */
  readonly index: number
  /** 1 to 65,535. */
  readonly count: number
  /**
   * `key`: a row belongs to the shard `XXH64(destination key in UTF-8, seed 0) mod count`, so that a key named twice lies in one shard; each
   * shard reads all manifests. A row without a usable key belongs to `row mod count`.
   * `row-group`: a row group belongs to the shard `(XXH64(key and ETag of the manifest, joined by NUL) + its number) mod count`; each shard
   * reads 1/count, and a key named in two row groups may be copied twice. Both are the same in every release. Default `key`.
   */
  readonly by?: 'key' | 'row-group'
}

/** Throws `LAGOON_SYNC_INVALID_OPTION` for an invalid shard. */
export function checkShard({ index, count, by = 'key' }: Shard): void {
  const hint = 'Use an index from 0 to count - 1, and a count from 1 to 65,535.'
  if (!Number.isInteger(count) || count < 1 || count > 65_535) {
    throw new SyncError('LAGOON_SYNC_INVALID_OPTION', `shard.count is ${count}`, { hint })
  }
  if (!Number.isInteger(index) || index < 0 || index >= count) {
    throw new SyncError('LAGOON_SYNC_INVALID_OPTION', `shard.index is ${index} of ${count}`, { hint })
  }
  if (by !== 'key' && by !== 'row-group') {
    throw new SyncError('LAGOON_SYNC_INVALID_OPTION', `shard.by is ${String(by)}`, {
      hint: 'Use key or row-group.',
    })
  }
}

/** What distinguishes the states of different shards, for example `3/16 by key`. */
export function describeShard({ index, count, by = 'key' }: Shard): string {
  return `${index}/${count} by ${by}`
}

/** The shard of a text: its hash modulo the number of shards. */
export type ShardOf = (text: string) => number

/** The hash is loaded when the first shard needs it. */
export async function shardHash(count: number): Promise<ShardOf> {
  const { default: xxhash } = await import('xxhash-wasm')
  const { h64 } = await xxhash()
  const divisor = BigInt(count)
  return (text) => Number(h64(text) % divisor)
}

/** The manifests with the rows of one shard only. */
export function shardedManifests(
  source: ManifestSource,
  shard: Shard,
  mapping: KeyMapping = {},
): ManifestSource {
  return {
    discover: (signal) => source.discover(signal),
    ...(source.follow && { follow: (signal: AbortSignal) => source.follow!(signal) }),
    suggestPrefixes: (signal) => source.suggestPrefixes(signal),
    async open(ref, signal) {
      const [reader, shardOf] = await Promise.all([source.open(ref, signal), shardHash(shard.count)])
      return shard.by === 'row-group'
        ? ofRowGroups(reader, ref, shard, shardOf)
        : ofKeys(reader, shard, shardOf, mapping)
    },
  }
}

function ofRowGroups(
  reader: ManifestReader,
  ref: ManifestRef,
  shard: Shard,
  shardOf: ShardOf,
): ManifestReader {
  const first = shardOf(JSON.stringify([ref.key, ref.etag, ref.scope ?? '']))
  const isMine = (group: number): boolean => (first + group) % shard.count === shard.index
  const { rows, rowGroups } = reader
  return {
    rows:
      rows === null || rowGroups === null
        ? null
        : rowGroups.reduce((sum, group, index) => sum + (isMine(index) ? group.rows : 0), 0),
    bytes: null,
    rowGroups,
    batches: (options = {}) =>
      reader.batches({
        ...options,
        skipRowGroup: (index) => (options.skipRowGroup?.(index) ?? false) || !isMine(index),
      }),
  }
}

/** How many rows belong to the shard is only known when all were read. */
function ofKeys(reader: ManifestReader, shard: Shard, shardOf: ShardOf, mapping: KeyMapping): ManifestReader {
  return {
    rows: null,
    bytes: null,
    rowGroups: reader.rowGroups,
    async *batches(options?: BatchOptions) {
      for await (const batch of reader.batches(options)) yield keep(batch, shard, shardOf, mapping)
    },
  }
}

function keep(
  batch: KeyBatch,
  { index: mine, count }: Shard,
  shardOf: ShardOf,
  mapping: KeyMapping,
): KeyBatch {
  const { keys, destinationKeys, firstRow } = batch
  const kept: number[] = []
  for (const [i, key] of keys.entries()) {
    const of =
      key === null
        ? (batch.rows?.[i] ?? firstRow + i) % count
        : shardOf(destinationKeys?.[i] ?? mapKey(key, mapping) ?? key)
    if (of === mine) kept.push(i)
  }
  return pickRows(batch, kept)
}
