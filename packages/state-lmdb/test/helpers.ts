import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { openLmdb, type LmdbStore } from '../src/lmdb/store.js'
import { openState, type FailureRecord, type State, type StateOptions } from '../src/index.js'

export const IDENTITY = { source: 'http://a/one', destination: 'http://b/two' }

/** Sizes so small that a few hundred keys make many chunks, segments, runs and merges. */
export const TINY = {
  chunkBytes: 64,
  segmentChunks: 2,
  commitEntries: 16,
  commitIntervalMs: 1,
  diskFloorBytes: 0,
}

/** Histories that a property tries: those of a commit, times `LAGOON_PROPERTY_FACTOR`, which the nightly workflow sets. */
export function histories(runs: number): number {
  return runs * Number(process.env.LAGOON_PROPERTY_FACTOR ?? 1)
}

/** A directory that is removed after the test. */
export function temporaryDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'lagoon-state-'))
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }))
  return directory
}

/** Opens a state that is closed after the test. */
export async function open(directory: string, options: Partial<StateOptions> = {}): Promise<State> {
  const state = await openState({ directory, identity: IDENTITY, diskFloorBytes: 0, ...options })
  onTestFinished(() => state.close())
  return state
}

/** Opens the LMDB environment alone, without a lock; closed after the test. */
export async function openStore(directory = temporaryDirectory()): Promise<LmdbStore> {
  const store = await openLmdb(directory, () => {})
  onTestFinished(() => store.env.close())
  return store
}

export const MANIFEST = { key: 'manifest/a.parquet', etag: 'e1' }

export function failure(row: number, key: string, more: Partial<FailureRecord> = {}): FailureRecord {
  return {
    manifest: MANIFEST,
    rowGroup: 0,
    row,
    key,
    class: 'transient',
    code: 'LAGOON_TRANSFER_RESET',
    message: 'connection reset',
    attempts: 5,
    time: 1_700_000_000_000,
    ...more,
  }
}

/** Number of each response of a lookup, as text that reads well in a failed assertion. */
export function answers(
  state: Pick<State, 'lookup'>,
  keys: (string | null)[],
  versions?: (string | null)[],
): number[] {
  return [...state.lookup(keys, versions)]
}

/** Small seeded generator (T. Ettinger's mulberry32), so that a failing series can be run again. */
export function mulberry32(seed: number): () => number {
  let a = seed
  return () => {
    a = (a + 0x6d2b79f5) | 0
    let t = Math.imul(a ^ (a >>> 15), 1 | a)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }
}
