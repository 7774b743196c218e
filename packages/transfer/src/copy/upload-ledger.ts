import type { PlannedPart } from '../verify/part-digests.js'

/** The record of one upload. */
export interface UploadRecord {
  version: 1
  /**
   * Empty until the destination has returned it: an intent, recorded before the upload is created, so that no upload
   * is forgotten.
   */
  uploadId: string
  bucket: string
  sourceKey: string
  versionId: string | null
  /** ETag of the source when the upload began, without quotes. */
  etag: string
  sizeBytes: number
  /** Sizes of the planned parts, as runs: `[bytes, how many in a row]`. */
  partRuns: [number, number][]
  /** Milliseconds since the epoch. */
  startedAt: number
  /** True if the ETags of its parts are not digests of their bytes. */
  opaqueEtags?: boolean
  /** Parts that the destination has acknowledged: number and ETag. */
  parts: [number, string][]
}

/** Reads a record back; null for anything else, such as a record of a later version. */
export function asUploadRecord(value: object | undefined): UploadRecord | null {
  if (value === undefined) return null
  const record = value as Partial<UploadRecord>
  return record.version === 1 && typeof record.uploadId === 'string' && Array.isArray(record.parts)
    ? (record as UploadRecord)
    : null
}

/**
 * By how much the clocks of a store and of this machine may differ, in ms. S3 itself refuses requests beyond that.
 */
const CLOCK_SKEW_MS = 15 * 60_000

/** Earliest time, by the store's clock, at which an upload may belong to an intent, in ms since the epoch. */
export function intentSince({ startedAt }: Pick<UploadRecord, 'startedAt'>): number {
  return startedAt - CLOCK_SKEW_MS
}

/** Sizes of parts as runs of equal ones: two runs describe 10,000 equal parts and a last one. */
export function toPartRuns(parts: readonly PlannedPart[]): [number, number][] {
  const runs: [number, number][] = []
  for (const { start, end } of parts) {
    const last = runs.at(-1)
    if (last !== undefined && last[0] === end - start) last[1]++
    else runs.push([end - start, 1])
  }
  return runs
}

/** True if the upload was begun for this very version of the source, with these very parts. */
export function fitsRecord(
  record: UploadRecord,
  wanted: Pick<UploadRecord, 'bucket' | 'sourceKey' | 'versionId' | 'etag' | 'sizeBytes' | 'partRuns'>,
): boolean {
  return (
    record.bucket === wanted.bucket &&
    record.sourceKey === wanted.sourceKey &&
    record.versionId === wanted.versionId &&
    record.etag === wanted.etag &&
    record.sizeBytes === wanted.sizeBytes &&
    JSON.stringify(record.partRuns) === JSON.stringify(wanted.partRuns)
  )
}
