import { damaged } from '../errors.js'
import type { StoredRecord } from '../ports.js'
import { NO_COUNTS, type Counts } from './counts.js'
import { decode, encode } from './json.js'
import { SettledRows } from './settled-rows.js'

/**
 * The state of an item. `open`: no holder. `held`: the holder works on it. `done`: every row has an outcome. `unreadable`: its manifest
 * cannot be read. `retry`: rows are being put back; any client that reads the record completes that.
 */
export type ItemState = 'open' | 'held' | 'done' | 'unreadable' | 'retry'

/** Why a manifest, or a range of it, could not be read. */
export interface ReadProblem {
  readonly code: string
  readonly message: string
}

export interface ItemRecord {
  readonly state: ItemState
  /** One more than its last row; null until the manifest has been read to its end. */
  readonly to: number | null
  /** Rows below have an outcome. */
  readonly through: number
  /** Rows above `through` that have one, as {@link SettledRows.toWindow} writes them. */
  readonly window?: string
  readonly counts: Counts
  /** How many holders the item has had. */
  readonly epoch: number
  readonly holder?: string
  /** Consecutive holders that died without making progress. */
  readonly fruitless?: number
  /** Rows with an outcome when the present holder claimed it. */
  readonly settledAtClaim?: number
  /** Ranges that were split off and whose own records are not confirmed yet. */
  readonly children?: readonly (readonly [from: number, to: number])[]
  /** Failures that count, in order: for each epoch, how many of the first lines of its chunks. */
  readonly failures?: readonly (readonly [epoch: number, lines: number])[]
  /** Names of its parts of the report: one of each holder, with the rows that this record counts. */
  readonly parts?: readonly string[]
  readonly problem?: ReadProblem
  /** With `retry`: counts that the plan includes for it until the range is taken out; none if it could not be read. */
  readonly previous?: Counts
}

type Stored = Omit<ItemRecord, 'counts'> & { readonly counts: readonly number[] }

export function newItemRecord(from: number, to: number | null): ItemRecord {
  return { state: 'open', to, through: from, counts: NO_COUNTS, epoch: 0 }
}

/** Short, without empty fields: it is written once a second. */
export function encodeItem(record: ItemRecord): Uint8Array {
  const { counts, ...rest } = record
  const { copied, skipped, missing, failed, excluded, bytes } = counts
  const stored: Stored = { ...rest, counts: [copied, skipped, missing, failed, excluded, bytes] }
  return encode(stored)
}

/** @throws {JobsError} `LAGOON_JOBS_RECORD_DAMAGED` */
export function decodeItem(stored: StoredRecord): ItemRecord {
  const { counts, ...rest } = decode<Stored>(stored)
  if (!Array.isArray(counts) || typeof rest.through !== 'number' || typeof rest.epoch !== 'number') {
    throw damaged(stored.key)
  }
  const [copied = 0, skipped = 0, missing = 0, failed = 0, excluded = 0, bytes = 0] = counts
  return { ...rest, counts: { copied, skipped, missing, failed, excluded, bytes } }
}

export function settledRowsOf(from: number, record: ItemRecord): SettledRows {
  return SettledRows.from(from, record.through, record.window)
}
