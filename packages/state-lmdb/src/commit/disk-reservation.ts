import { freeBytes, noRoom } from '../lmdb/disk-space.js'
import type { KeySet, KeySetPlan } from '../keys/level.js'
import type { WriteBuffer } from './write-buffer.js'

/** What a chunk may make the data file grow by: its page and its share of the pages that lead to it. */
const BYTES_PER_CHUNK = 4400

/** What is to be committed. */
export interface CommitRequest {
  /** Outcomes; null for a step of merging alone. */
  readonly buffer: WriteBuffer | null
  /** Segments of merging, at most. */
  readonly mergeSegments: number
  /** Whether to merge everything into one run, and to fail rather than leave that out. */
  readonly compact: boolean
}

/**
 * Plans a commit that fits on the disk: merging is left out where it may not, and null means that nothing else was to be
 * done. Throws `LAGOON_STATE_DISK_FULL` when the outcomes themselves may not fit.
 */
export async function planWithin(
  directory: string,
  keys: KeySet,
  segmentChunks: number,
  { buffer, mergeSegments, compact }: CommitRequest,
): Promise<KeySetPlan | null> {
  const free = await freeBytes(directory)
  const merges = compact || free > (Math.ceil(mergeSegments) + 1) * segmentChunks * BYTES_PER_CHUNK
  if (!merges && buffer === null) return null
  const plan = keys.plan(buffer?.complete ?? null, merges ? mergeSegments : 0, compact)
  const needed = roomFor(plan, buffer)
  if (free < needed) throw noRoom(directory, free, needed)
  return plan
}

/** Bytes by which a commit may make the data file grow: what it writes, LMDB's own pages, and some to spare. */
function roomFor({ fresh, step }: KeySetPlan, buffer: WriteBuffer | null): number {
  const drafts = [...(fresh?.drafts ?? []), ...(step?.drafts ?? [])]
  const chunks = drafts.reduce((sum, draft) => sum + draft.chunks.length + 1, 0)
  const records = buffer === null ? 0 : buffer.failures.size + buffer.writes.length
  return chunks * BYTES_PER_CHUNK + records * 2000 + 256 * 1024
}
