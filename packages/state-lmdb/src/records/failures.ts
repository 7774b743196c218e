import type { Fingerprinter } from '../keys/fingerprint.js'
import { fromJson, toJson, type LmdbStore } from '../lmdb/store.js'
import type { FailureRecord, ManifestRef, RowFailureClass } from '../types.js'

/** A failure that waits for its commit. */
export interface PendingFailure {
  readonly manifest: number
  readonly record: FailureRecord
  /** Number of the run in which it failed. */
  readonly run: number
  /** Number of the round within that run, from 1. */
  readonly round: number
  /** LMDB key derived from the fingerprint; null for rows without a usable key. */
  readonly fingerprint: Buffer | null
}

/** A failure as stored in LMDB: short names, and no manifest, whose number is in the LMDB key. */
export interface StoredFailure {
  g: number
  k: string
  c: RowFailureClass
  o: string
  m: string
  a: number
  t: number
  /** Number of the run in which it was recorded. */
  r: number
  /** Number of the round within the run, from 2; none for the first. */
  n?: number
  /** Fingerprint of the key, hexadecimal; none for class `row`. */
  f?: string
  v?: string
  j?: object
}

/** LMDB key of a manifest's row: big-endian numbers, so that keys sort by row. */
export function rowKey(manifest: number, row: number): Buffer {
  const key = Buffer.allocUnsafe(10)
  key.writeUInt32BE(manifest, 0)
  key.writeUIntBE(row, 4, 6)
  return key
}

export function parseRowKey(key: Uint8Array): { manifest: number; row: number } {
  const bytes = Buffer.from(key.buffer, key.byteOffset, key.byteLength)
  return { manifest: bytes.readUInt32BE(0), row: bytes.readUIntBE(4, 6) }
}

/** LMDB key of a manifest's row group. */
export function groupKey(manifest: number, group: number): Buffer {
  const key = Buffer.allocUnsafe(8)
  key.writeUInt32BE(manifest, 0)
  key.writeUInt32BE(group, 4)
  return key
}

/** LMDB key derived from a fingerprint's four words. */
export function fingerprintKey(words: Uint32Array, index = 0): Buffer {
  const key = Buffer.allocUnsafe(16)
  for (let k = 0; k < 4; k++) key.writeUInt32BE(words[index * 4 + k]!, k * 4)
  return key
}

/** A text's fingerprint, as an LMDB key and as words; the words are valid until the next call. */
export interface FoundKey {
  readonly key: Buffer
  readonly words: Uint32Array
}

/** The fingerprint of a text. `words`: where its words are put. */
export function foundKey(fingerprinter: Fingerprinter, text: string, words: Uint32Array): FoundKey {
  fingerprinter.hash(text, words, 0)
  return { key: fingerprintKey(words), words }
}

export function encodeFailure({ record, run, round, fingerprint }: PendingFailure): Uint8Array {
  const { rowGroup: g, key: k, class: c, code: o, message: m, attempts: a, time: t, version, job } = record
  const stored: StoredFailure = { g, k, c, o, m, a, t, r: run }
  if (round > 1) stored.n = round
  if (fingerprint !== null) stored.f = fingerprint.toString('hex')
  if (version != null) stored.v = version
  if (job !== undefined) stored.j = job
  return toJson(stored)
}

export function decodeFailure(manifest: ManifestRef, row: number, stored: StoredFailure): FailureRecord {
  const { g: rowGroup, k: key, c, o: code, m: message, a: attempts, t: time, v: version, j: job } = stored
  const record: FailureRecord = { manifest, rowGroup, row, key, class: c, code, message, attempts, time }
  if (version !== undefined) record.version = version
  if (job !== undefined) record.job = job
  return record
}

/** A failure read from LMDB with its place. */
export interface FailureEntry {
  readonly manifest: number
  readonly row: number
  readonly stored: StoredFailure
}

const PAGE = 256

/** Failures from `from` up to `end`, a page at a time, so that no view of LMDB stays open in between. */
export function* failureEntries(
  store: LmdbStore,
  options: () => object,
  from: Buffer,
  end: Buffer,
): Generator<FailureEntry> {
  let start = from
  for (;;) {
    const page: FailureEntry[] = []
    let last: Buffer | null = null
    for (const { key, value } of store.failures.getRange({ start, end, limit: PAGE, ...options() })) {
      last = Buffer.from(key)
      page.push({ ...parseRowKey(key), stored: fromJson<StoredFailure>(value)! })
    }
    yield* page
    if (last === null || page.length < PAGE) return
    start = Buffer.concat([last, Buffer.of(0)])
  }
}
