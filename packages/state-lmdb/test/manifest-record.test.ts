import { describe, expect, it } from 'vitest'
import { encodeFailure, type FailureEntry } from '../src/records/failures.js'
import { ManifestRecord, type ManifestHost } from '../src/records/manifest.js'
import type { RecordReader } from '../src/records/reader.js'
import type { RecordWriter, StoredManifest } from '../src/records/writer.js'
import { failure } from './helpers.js'

const STORED: StoredManifest = { number: 7, key: 'm/seven', etag: 'e', finished: null }
const FINISHED: StoredManifest = { ...STORED, finished: { rows: 30, rowGroups: 3 } }
const FINGERPRINT = Buffer.alloc(16, 7)

interface Disk {
  /** Settled row groups on record, and their rows. */
  settled?: Map<number, number>
  /** Row groups with failures, and how many. */
  failures?: Map<number, number>
  entries?: FailureEntry[]
  /** Keys completed since they failed. */
  complete?: string[]
}

/** A manifest's record over what is on disk, and what it asks to be written. */
function recordOf(stored: StoredManifest, recorded: boolean, disk: Disk = {}) {
  const written: string[] = []
  const reader: Pick<RecordReader, 'settled' | 'failuresByGroup' | 'failureEntries'> = {
    settled() {
      if (disk.settled === undefined) throw new Error('the marks of the row groups are not needed')
      return disk.settled
    },
    failuresByGroup: () => disk.failures ?? new Map(),
    *failureEntries() {
      yield* disk.entries ?? []
    },
  }
  const writer: Pick<RecordWriter, 'putManifest' | 'settle' | 'finish'> = {
    putManifest: (_, manifest) => written.push(`put ${manifest.number}`),
    settle: (manifest, group, rows) => written.push(`settle ${manifest} ${group} ${rows}`),
    finish: (_, { number, finished }) => written.push(`finish ${number} ${finished!.rows}`),
  }
  const host: ManifestHost = {
    reader: reader as RecordReader,
    isComplete: ({ key }) => disk.complete?.includes(key) ?? false,
    write: (change) => change(writer as RecordWriter),
  }
  return { record: new ManifestRecord(host, FINGERPRINT, { ...stored }, recorded), written }
}

function entry(row: number, rowGroup: number): FailureEntry {
  const record = failure(row, `key ${row}`, { rowGroup })
  const bytes = encodeFailure({ manifest: 7, record, run: 1, round: 1, fingerprint: null })
  return { manifest: 7, row, stored: JSON.parse(Buffer.from(bytes).toString()) as FailureEntry['stored'] }
}

describe('the record of a manifest', () => {
  it('of a new one has nothing settled and reads nothing', () => {
    const { record, written } = recordOf(STORED, false)
    expect(record.ref).toEqual({ key: 'm/seven', etag: 'e' })
    expect(record.finished).toBeNull()
    expect(record.isRowGroupSettled(0)).toBe(false)
    expect(record.settledRows()).toEqual({ rows: 0, failed: 0 })
    expect(written).toEqual([])
  })

  it('of a known one has its recorded row groups settled', () => {
    const settled = new Map([
      [0, 10],
      [2, 5],
    ])
    const { record } = recordOf(STORED, true, { settled, failures: new Map([[2, 1]]) })
    expect([0, 1, 2].map((group) => record.isRowGroupSettled(group))).toEqual([true, false, true])
    expect(record.settledRows()).toEqual({ rows: 15, failed: 1 })
  })

  it('of a finished one has settled all of its row groups, and no more, without reading them', () => {
    const { record } = recordOf(FINISHED, true, { failures: new Map([[1, 4]]) })
    expect(record.finished).toEqual({ rows: 30, failed: 4 })
    expect([0, 2, 3].map((group) => record.isRowGroupSettled(group))).toEqual([true, true, false])
    expect(record.settledRows()).toEqual({ rows: 30, failed: 4 })
  })

  it('counts and returns failures of settled row groups only, without completed ones', () => {
    const { record } = recordOf(STORED, true, {
      settled: new Map([[1, 10]]),
      failures: new Map([
        [0, 5],
        [1, 3],
      ]),
      entries: [entry(1, 0), entry(11, 1), entry(12, 1), entry(13, 1)],
      complete: ['key 12'],
    })
    expect(record.settledRows().failed).toBe(3)
    expect([...record.failures()].map(({ key }) => key)).toEqual(['key 11', 'key 13'])
    expect([...record.failures()][0]).toMatchObject({ manifest: { key: 'm/seven', etag: 'e' }, row: 11 })
  })

  it('is written once, and before anything that refers to it', () => {
    const { record, written } = recordOf(STORED, false)
    record.settleRowGroup(0, 10)
    record.record()
    record.settleRowGroup(1, 5)
    record.settleRowGroup(1, 5)
    record.finish({ rows: 15, rowGroups: 2 })
    record.finish({ rows: 99, rowGroups: 9 })
    record.settleRowGroup(1, 5)
    expect(written).toEqual(['put 7', 'settle 7 0 10', 'settle 7 1 5', 'finish 7 15'])
    expect(record.finished).toEqual({ rows: 15, failed: 0 })
  })

  it('is written before it is finished even if nothing was settled', () => {
    const { record, written } = recordOf(STORED, false)
    record.finish({ rows: 1, rowGroups: 1 })
    expect(written).toEqual(['put 7', 'finish 7 1'])
  })

  it('is not written again if it exists', () => {
    const { record, written } = recordOf(STORED, true, { settled: new Map() })
    record.record()
    record.settleRowGroup(0, 1)
    expect(written).toEqual(['settle 7 0 1'])
  })

  it('is no longer written after another ETag was seen', () => {
    const { record, written } = recordOf(STORED, false)
    record.superseded = true
    record.record()
    record.settleRowGroup(0, 1)
    record.finish({ rows: 1, rowGroups: 1 })
    expect(written).toEqual([])
    expect(record.isRowGroupSettled(0)).toBe(false)
    expect(record.finished).toBeNull()
  })
})
