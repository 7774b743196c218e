import { StateError } from './errors.js'
import { CHUNK_BYTES } from './keys/chunk.js'
import { SEGMENT_CHUNKS } from './keys/segment.js'
import type { Identity } from './types.js'

/** Which process used the directory last, and when it counts as dead unless it renews its lease. */
export interface LeaseWait {
  readonly pid: number
  readonly host: string
  readonly until: Date
}

export interface StateOptions {
  /** State directory; created if it does not exist. Required. */
  directory: string
  /** Recorded when the directory is first used; opening it later with another identity is refused. Required. */
  identity: Identity
  /** Longest time, in milliseconds, that an outcome waits before its commit begins. Default 500, 1 to 60,000. */
  commitIntervalMs?: number
  /** Outcomes that start a commit immediately. Default 65,536, 1 to 1,048,576. */
  commitEntries?: number
  /** Buffered outcomes at which {@link State.idle} asks to wait. Default twice `commitEntries`; not below it. */
  maxBufferedEntries?: number
  /**
   * Called if the directory was last used by a process on another host or in another container: opening waits until its lease ends,
   * because it can't be seen whether that process still runs. Default: waits silently.
   */
  onLeaseWait?: (lease: LeaseWait) => void
  /** Ends that wait: opening then rejects with the signal's reason. */
  signal?: AbortSignal
  /**
   * Called once if a background commit fails or the disk runs low; `flush` and `close` try again. Default: nothing is reported before
   * they do.
   */
  onError?: (error: Error) => void
  /** Free bytes on the disk below which `onError` is called and opening is refused. Default 128 MiB; 0 = never. */
  diskFloorBytes?: number
  /** Bytes of a chunk of fingerprints; sized to fill a page. Default 4,072, 64 to 4,072. For tests. */
  chunkBytes?: number
  /** Chunks in a segment, the unit of merging. Default 500, 1 to 500. For tests. */
  segmentChunks?: number
}

export type ResolvedOptions = Required<Omit<StateOptions, 'onLeaseWait' | 'signal'>>

/** A complete set of options; throws `LAGOON_STATE_INVALID_OPTION` for invalid ones. */
export function resolveOptions(options: StateOptions): ResolvedOptions {
  const commitEntries = integer('commitEntries', options.commitEntries ?? 65_536, 1, 1_048_576)
  return {
    directory: text('directory', options.directory),
    identity: {
      source: text('identity.source', options.identity?.source),
      destination: text('identity.destination', options.identity?.destination),
      ...(options.identity?.shard === undefined
        ? {}
        : { shard: text('identity.shard', options.identity.shard) }),
    },
    commitIntervalMs: integer('commitIntervalMs', options.commitIntervalMs ?? 500, 1, 60_000),
    commitEntries,
    onError: options.onError ?? (() => {}),
    maxBufferedEntries: integer(
      'maxBufferedEntries',
      options.maxBufferedEntries ?? commitEntries * 2,
      commitEntries,
      Number.MAX_SAFE_INTEGER,
    ),
    diskFloorBytes: integer(
      'diskFloorBytes',
      options.diskFloorBytes ?? 128 * 2 ** 20,
      0,
      Number.MAX_SAFE_INTEGER,
    ),
    chunkBytes: integer('chunkBytes', options.chunkBytes ?? CHUNK_BYTES, 64, CHUNK_BYTES),
    segmentChunks: integer('segmentChunks', options.segmentChunks ?? SEGMENT_CHUNKS, 1, SEGMENT_CHUNKS),
  }
}

function integer(name: string, value: number, least: number, most: number): number {
  if (Number.isSafeInteger(value) && value >= least && value <= most) return value
  throw invalid(name, `${value}`, `a whole number from ${least} to ${most}`)
}

function text(name: string, value: unknown): string {
  if (typeof value === 'string' && value !== '') return value
  throw invalid(name, JSON.stringify(value) ?? 'missing', 'a string that is not empty')
}

function invalid(name: string, value: string, wanted: string): StateError {
  return new StateError('LAGOON_STATE_INVALID_OPTION', `option ${name} is ${value}`, `It must be ${wanted}.`)
}
