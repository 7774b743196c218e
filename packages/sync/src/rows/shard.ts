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
   * `key`: a row belongs to the shard `XXH64(destination key in UTF-8, seed 0) mod count`, so that a duplicate key is in one shard; each
   * shard reads all manifests. A row without a usable key belongs to `row mod count`.
   * `row-group`: a row group belongs to the shard `(XXH64(["key","etag","scope"]) + its number) mod count`: the hash is of the JSON array of
   * the manifest's key, its ETag and its scope, empty where all rows are read. Each shard reads 1/count, and a key named in two row groups
   * may be copied twice. Both are the same in every release. Default `key`.
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

/** What a shard read of the manifests it opened. Manifests finished earlier are not opened. */
export interface ShardRows {
  /** All rows of these manifests; null where only reading all of them would tell. */
  rows: number | null
  /** Those that this shard read, its own and, by key, those of the other shards. */
  read: number
}

/** The manifests with the rows of one shard only. `counts` grows as they are read. */
export function shardedManifests(
  source: ManifestSource,
  shard: Shard,
  mapping: KeyMapping = {},
  counts: ShardRows = { rows: 0, read: 0 },
): ManifestSource {
  return {
    discover: (signal) => source.discover(signal),
    ...(source.follow && { follow: (signal: AbortSignal) => source.follow!(signal) }),
    suggestPrefixes: (signal) => source.suggestPrefixes(signal),
    async open(ref, signal) {
      const [opened, shardOf] = await Promise.all([source.open(ref, signal), shardHash(shard.count)])
      const reader = counted(opened, shard, counts)
      return shard.by === 'row-group'
        ? ofRowGroups(reader, ref, shard, shardOf)
        : ofKeys(reader, shard, shardOf, mapping)
    },
  }
}

function counted(reader: ManifestReader, { by = 'key' }: Shard, counts: ShardRows): ManifestReader {
  const { rows, bytes, rowGroups } = reader
  const known = rowGroups?.reduce((sum, group) => sum + group.rows, 0)
  // By key all rows pass here, so that they are counted where no footer tells.
  if (known === undefined && by === 'row-group') counts.rows = null
  if (known !== undefined && counts.rows !== null) counts.rows += known
  return {
    rows,
    bytes,
    rowGroups,
    async *batches(options) {
      for await (const batch of reader.batches(options)) {
        counts.read += batch.keys.length
        if (known === undefined && counts.rows !== null) counts.rows += batch.keys.length
        yield batch
      }
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
