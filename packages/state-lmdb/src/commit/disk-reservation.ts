import { freeBytes, noRoom } from '../lmdb/disk-space.js'
import type { KeySet, KeySetPlan } from '../keys/level.js'
import type { WriteBuffer } from './write-buffer.js'

/** How much a chunk may add to the data file: its page and its share of the pages above it. */
const BYTES_PER_CHUNK = 4400

/** What to commit. */
interface CommitRequest {
  /** Outcomes; null for a step of merging alone. */
  readonly buffer: WriteBuffer | null
  /** Most segments to merge. */
  readonly mergeSegments: number
  /** Whether to merge everything into one run, and to fail instead of skipping it. */
  readonly compact: boolean
}

/**
 * Plans a commit that fits on the disk: merging is skipped if it might not fit, and null means that nothing else was to be done. Throws
 * `LAGOON_STATE_DISK_FULL` if the outcomes themselves might not fit.
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

/** Bytes that a commit may add to the data file: what it writes, LMDB's own pages, and a reserve. */
function roomFor({ fresh, step }: KeySetPlan, buffer: WriteBuffer | null): number {
  const drafts = [...(fresh?.drafts ?? []), ...(step?.drafts ?? [])]
  const chunks = drafts.reduce((sum, draft) => sum + draft.chunks.length + 1, 0)
  const records = buffer === null ? 0 : buffer.failures.size + buffer.writes.length
  return chunks * BYTES_PER_CHUNK + records * 2000 + 256 * 1024
}
