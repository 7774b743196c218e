import { describe, expect, it } from 'vitest'
import type { LmdbStore } from '../src/lmdb-store.js'
import { fingerprintKey, groupKey, parseRowKey, rowKey, type PendingFailure } from '../src/failure-table.js'
import { Memtable } from '../src/memtable.js'
import { RecordReader } from '../src/record-reader.js'
import { NO_COUNTS, RecordWriter, type Counters, type StoredManifest } from '../src/record-writer.js'
import { Snapshot } from '../src/snapshot.js'
import { failure, openStore } from './helpers.js'

const SEVEN: StoredManifest = { number: 7, key: 'm/seven', etag: 'e', finished: null }
const EIGHT: StoredManifest = { number: 8, key: 'm/eight', etag: 'e', finished: null }

function fingerprintOf(w3: number): Buffer {
  return fingerprintKey(Uint32Array.of(1, 2, 3, w3))
}

function pending(row: number, w3: number, change: Partial<PendingFailure> = {}): PendingFailure {
  const record = failure(row, `key ${w3}`)
  return { manifest: 7, record, run: 3, round: 1, fingerprint: fingerprintOf(w3), ...change }
}

function hex(bytes: Uint8Array | undefined): string | undefined {
  return bytes && Buffer.from(bytes).toString('hex')
}

function textOf(bytes: Uint8Array | undefined): unknown {
  return bytes && JSON.parse(Buffer.from(bytes).toString())
}

/** The records of a new environment, written a transaction at a time. */
class Records {
  readonly store: LmdbStore
  readonly reader: RecordReader
  counters = NO_COUNTS
  readonly #snapshot: Snapshot

  private constructor(store: LmdbStore) {
    this.store = store
    this.#snapshot = new Snapshot(store)
    this.reader = new RecordReader(store, this.#snapshot)
  }

  static async open(): Promise<Records> {
    const records = new Records(await openStore())
    records.write((writer) => {
      writer.putManifest(fingerprintOf(107), SEVEN)
      writer.putManifest(fingerprintOf(108), EIGHT)
    })
    return records
  }

  write(action: (writer: RecordWriter) => void): Counters {
    this.store.env.transactionSync(() => {
      const writer = new RecordWriter(this.store, this.counters)
      action(writer)
      this.counters = writer.end()
    })
    this.#snapshot.renew()
    return this.counters
  }

  get failed(): string[] {
    return [...this.reader.failures()].map(({ manifest, row }) => `${manifest.key} ${row}`)
  }

  /** Rows that the index of keys knows. */
  rowsOf(w3: number): number[] {
    return [...this.store.failureKeys.getValues(fingerprintOf(w3))].map((key) => parseRowKey(key).row)
  }
}

describe('keys of records', () => {
  it('are numbers, most significant byte first, so that they are in the order of rows', () => {
    expect(rowKey(7, 2 ** 40 + 5).toString('hex')).toBe('00000007010000000005')
    expect(groupKey(7, 258).toString('hex')).toBe('0000000700000102')
    expect(fingerprintKey(Uint32Array.of(9, 9, 9, 9, 1, 2, 3, 0xffff_ffff), 1).toString('hex')).toBe(
      '000000010000000200000003ffffffff',
    )
    expect(parseRowKey(rowKey(0xffff_ffff, 2 ** 48 - 1))).toEqual({
      manifest: 0xffff_ffff,
      row: 2 ** 48 - 1,
    })
  })
})

describe('manifests on record', () => {
  it('are found by the fingerprint of their key and by their number', async () => {
    const { reader, counters } = await Records.open()
    expect(reader.manifest(fingerprintOf(107))).toEqual(SEVEN)
    expect(reader.manifestByNumber(8)).toEqual(EIGHT)
    expect(reader.manifest(fingerprintOf(1))).toBeUndefined()
    expect(reader.manifestByNumber(9)).toBeUndefined()
    expect(counters).toEqual({ ...NO_COUNTS, nextManifest: 9 })
  })

  it('are counted once as finished, and no more when they are dropped', async () => {
    const records = await Records.open()
    const finished = { ...SEVEN, finished: { rows: 5, rowGroups: 2 } }
    records.write((writer) => writer.finish(fingerprintOf(107), finished))
    expect(records.write((writer) => writer.finish(fingerprintOf(107), finished)).manifestsFinished).toBe(1)
    expect(records.reader.manifest(fingerprintOf(107))).toEqual(finished)
    records.write((writer) => {
      expect(writer.dropManifest(fingerprintOf(107))).toBe(true)
      expect(writer.dropManifest(fingerprintOf(107))).toBe(false)
      expect(writer.dropManifest(fingerprintOf(108))).toBe(true)
    })
    expect(records.counters).toEqual({ ...NO_COUNTS, nextManifest: 9 })
    expect([...records.reader.manifests()]).toEqual([])
    expect(records.reader.manifestByNumber(7)).toBeUndefined()
  })

  it('that are dropped take their settled row groups with them, and are passed over by who lists them just then', async () => {
    const records = await Records.open()
    records.write((writer) => {
      writer.settle(7, 0, 10)
      writer.settle(8, 0, 20)
    })
    const listed = records.reader.manifests()
    expect(listed.next().value).toMatchObject({ key: 'm/seven', settledRows: 10 })
    records.write((writer) => {
      writer.dropManifest(fingerprintOf(107))
      writer.dropManifest(fingerprintOf(108))
    })
    expect([...listed]).toEqual([])
    expect([...records.reader.settled(7), ...records.reader.settled(8)]).toEqual([])
  })

  it('may be put on record finished from the start, under a number of their own', async () => {
    const records = await Records.open()
    const late = { number: 20, key: 'm/late', etag: 'e', finished: { rows: 1, rowGroups: 1 } }
    records.write((writer) => writer.putManifest(fingerprintOf(120), late))
    expect(records.counters).toMatchObject({ manifestsFinished: 1, nextManifest: 21 })
    records.write((writer) => writer.putManifest(fingerprintOf(107), { ...SEVEN, number: 21 }))
    expect(records.reader.manifestByNumber(21)).toEqual({ ...SEVEN, number: 21 })
    expect(records.counters.nextManifest).toBe(22)
    records.write((writer) => writer.putManifest(fingerprintOf(108), EIGHT))
    expect(records.counters.nextManifest).toBe(22)
  })

  it('keep their settled row groups, in six bytes each, until they are finished', async () => {
    const records = await Records.open()
    records.write((writer) => {
      writer.settle(7, 0, 10)
      writer.settle(7, 300, 2 ** 40)
      writer.settle(8, 1, 20)
    })
    const { store, reader } = records
    expect(hex(store.groups.getBinary(groupKey(7, 300)))).toBe('010000000000')
    expect([...reader.settled(7)]).toEqual([
      [0, 10],
      [300, 2 ** 40],
    ])
    expect([...reader.settled(8)]).toEqual([[1, 20]])
    expect(reader.summary(SEVEN)).toEqual({
      key: 'm/seven',
      etag: 'e',
      finished: null,
      settledRows: 2 ** 40 + 10,
      settledRowGroups: 2,
    })
    const finished = { ...SEVEN, finished: { rows: 15, rowGroups: 3 } }
    records.write((writer) => writer.finish(fingerprintOf(107), finished))
    expect([...reader.settled(7)]).toEqual([])
    expect([...reader.settled(8)]).toEqual([[1, 20]])
    expect(reader.summary(finished)).toMatchObject({
      finished: { rows: 15, failed: 0 },
      settledRows: 15,
      settledRowGroups: 3,
    })
  })

  it('are told by key to those who want all, or those with failures', async () => {
    const records = await Records.open()
    records.write((writer) => writer.putFailure(pending(1, 1)))
    records.write((writer) => {
      expect(writer.manifestKeys().map(hex)).toEqual([hex(fingerprintOf(107)), hex(fingerprintOf(108))])
      expect(writer.manifestKeysWithFailures().map(hex)).toEqual([hex(fingerprintOf(107))])
    })
  })
})

describe('failures on record', () => {
  it('have the form that the format says', async () => {
    const records = await Records.open()
    records.write((writer) => {
      writer.putFailure(pending(5, 1))
      const record = failure(6, 'key 2', { rowGroup: 4, version: 'v', job: { sizeBytes: 1 } })
      writer.putFailure(pending(6, 2, { record, round: 2 }))
      const row = failure(7, '', { class: 'row' })
      writer.putFailure(pending(7, 3, { record: row, fingerprint: null }))
    })
    const { store } = records
    const rest = { c: 'transient', o: 'LAGOON_TRANSFER_RESET', m: 'connection reset', a: 5 }
    const first = { g: 0, k: 'key 1', ...rest, t: 1_700_000_000_000, r: 3, f: hex(fingerprintOf(1)) }
    expect(textOf(store.failures.getBinary(rowKey(7, 5)))).toEqual(first)
    expect(textOf(store.failures.getBinary(rowKey(7, 6)))).toEqual({
      ...first,
      g: 4,
      k: 'key 2',
      f: hex(fingerprintOf(2)),
      n: 2,
      v: 'v',
      j: { sizeBytes: 1 },
    })
    const { f: _, ...row } = { ...first, k: '', c: 'row' }
    expect(textOf(store.failures.getBinary(rowKey(7, 7)))).toEqual(row)
    expect(hex(store.groupFailures.getBinary(groupKey(7, 0)))).toBe('00000002')
    expect([...records.reader.failuresByGroup(7)]).toEqual([
      [0, 2],
      [4, 1],
    ])
    expect(records.counters).toMatchObject({ failed: 3, run: 3 })
  })

  it('of a row take the place of an earlier one, in the counts and for the key, too', async () => {
    const records = await Records.open()
    records.write((writer) => {
      writer.putFailure(pending(5, 1))
      writer.putFailure(pending(5, 2, { record: failure(5, 'key 2', { rowGroup: 1 }), run: 2 }))
    })
    expect(records.counters).toMatchObject({ failed: 1, run: 3 })
    expect([...records.reader.failuresByGroup(7)]).toEqual([[1, 1]])
    expect([records.rowsOf(1), records.rowsOf(2)]).toEqual([[], [5]])
    records.write((writer) => writer.putFailure(pending(5, 1)))
    expect(records.counters.failed).toBe(1)
    expect([...records.reader.failuresByGroup(7)]).toEqual([[0, 1]])
    expect([records.rowsOf(1), records.rowsOf(2)]).toEqual([[5], []])
  })

  it('are taken away by row or by key; where there is none, nothing happens', async () => {
    const records = await Records.open()
    records.write((writer) => {
      for (const row of [1, 2, 3]) writer.putFailure(pending(row, row === 3 ? 2 : 1))
      writer.putFailure(pending(4, 1, { manifest: 8 }))
    })
    records.write((writer) => {
      writer.removeFailure(7, 99)
      writer.removeFailure(7, 1)
      expect(writer.removeFailuresOf(fingerprintOf(9))).toBe(0)
    })
    expect(records.failed).toEqual(['m/seven 2', 'm/seven 3', 'm/eight 4'])
    expect(records.rowsOf(1)).toEqual([2, 4])
    records.write((writer) => expect(writer.removeFailuresOf(fingerprintOf(1))).toBe(2))
    expect(records.failed).toEqual(['m/seven 3'])
    expect(records.counters.failed).toBe(1)
    expect([...records.reader.failuresByGroup(8)]).toEqual([])
    expect(records.store.groupFailures.getBinary(groupKey(8, 0))).toBeUndefined()
  })

  it.each([2, 100])('go for keys that are completed, %i at once', async (count) => {
    const records = await Records.open()
    records.write((writer) => {
      for (const row of [1, 2, 3]) writer.putFailure(pending(row, row))
    })
    const memtable = new Memtable()
    for (let w3 = 2; w3 < 2 + count; w3++) memtable.set(1, 2, 3, w3, 0)
    records.write((writer) => writer.removeCompleted(memtable))
    expect(records.failed).toEqual(['m/seven 1'])
    expect(records.counters.failed).toBe(1)
    records.write((writer) => writer.removeCompleted(new Memtable()))
    expect(records.failed).toEqual(['m/seven 1'])
  })

  it('are found by manifest, class, code and key', async () => {
    const records = await Records.open()
    records.write((writer) => {
      writer.putFailure(pending(1, 1))
      writer.putFailure(pending(2, 2, { record: failure(2, 'key 2', { class: 'missing', code: 'GONE' }) }))
      writer.putFailure(pending(3, 1, { manifest: 8 }))
    })
    const { reader } = records
    const rows = (...[filter, key]: Parameters<RecordReader['failures']>) =>
      [...reader.failures(filter, key)].map(({ row }) => row)
    expect(rows()).toEqual([1, 2, 3])
    expect(rows({ class: 'missing' })).toEqual([2])
    expect(rows({ code: 'LAGOON_TRANSFER_RESET' })).toEqual([1, 3])
    expect(rows({ manifest: { key: 'm/seven', etag: 'e' } })).toEqual([1, 2])
    expect(rows({ manifest: { key: 'm/seven', etag: 'other' } })).toEqual([])
    expect(rows({ manifest: { key: 'other', etag: 'e' } })).toEqual([])
    expect(rows({}, fingerprintOf(1))).toEqual([1, 3])
    expect(rows({ class: 'missing' }, fingerprintOf(1))).toEqual([])
    expect(rows({}, fingerprintOf(9))).toEqual([])
    expect([...reader.failureEntries(7)].map(({ row }) => row)).toEqual([1, 2])
  })

  it('of a round are told from those of another run or round, and from rows replaced since', async () => {
    const records = await Records.open()
    records.write((writer) => {
      writer.putFailure(pending(1, 1, { run: 3, round: 1 }))
      writer.putFailure(pending(2, 2, { run: 3, round: 2 }))
    })
    const failed = (w3: number, run: number, round: number, replaced: number[] = []) =>
      records.reader.failedInRound(fingerprintOf(w3), { run, round }, (manifest, row) => {
        expect(manifest).toBe(7)
        return replaced.includes(row)
      })
    expect(failed(1, 3, 1)).toBe(true)
    expect(failed(1, 3, 2)).toBe(false)
    expect(failed(1, 4, 1)).toBe(false)
    expect(failed(1, 3, 1, [1])).toBe(false)
    expect(failed(2, 3, 2, [1])).toBe(true)
    expect(failed(2, 3, 1)).toBe(false)
    expect(failed(3, 3, 1)).toBe(false)
    records.write((writer) => void writer.dropManifest(fingerprintOf(107)))
    expect(failed(1, 3, 1)).toBe(false)
  })

  it('of a dropped manifest count no more at once, and go bit by bit, 2,000 in a transaction', async () => {
    const records = await Records.open()
    records.write((writer) => {
      for (let row = 0; row < 4500; row++) writer.putFailure(pending(row, 1))
      writer.putFailure(pending(1, 2, { manifest: 8 }))
    })
    const left = () => [...records.store.failures.getKeys()].length
    records.write((writer) => {
      writer.putFailure(pending(5000, 1))
      writer.dropManifest(fingerprintOf(107))
    })
    expect([records.counters.failed, left()]).toEqual([1, 2502])
    expect(records.counters.dropped).toEqual([7])
    expect(records.failed).toEqual(['m/eight 1'])
    expect([...records.reader.failures({}, fingerprintOf(1))]).toEqual([])
    const asked = [1, 2].map((w3) =>
      records.reader.failedInRound(fingerprintOf(w3), { run: 3, round: 1 }, () => false),
    )
    expect(asked).toEqual([false, true])
    records.write(() => {})
    expect(left()).toBe(502)
    records.write(() => {})
    expect([records.counters.failed, left()]).toEqual([1, 1])
    expect(records.counters.dropped).toEqual([])
    expect([records.rowsOf(1), records.rowsOf(2)]).toEqual([[], [1]])
  })

  it('of other manifests are counted once in a transaction that drops one', async () => {
    const records = await Records.open()
    records.write((writer) => {
      writer.putFailure(pending(1, 1))
      writer.putFailure(pending(1, 2, { manifest: 8 }))
      writer.dropManifest(fingerprintOf(107))
    })
    expect([...records.reader.failuresByGroup(8)]).toEqual([[0, 1]])
    expect(records.counters.failed).toBe(1)
  })

  it('of rows without a usable key are taken away like others', async () => {
    const records = await Records.open()
    const row = pending(1, 1, { record: failure(1, '', { class: 'row' }), fingerprint: null })
    records.write((writer) => writer.putFailure(row))
    records.write((writer) => writer.putFailure(row))
    expect(records.failed).toEqual(['m/seven 1'])
    records.write((writer) => writer.removeFailure(7, 1))
    expect(records.failed).toEqual([])
    expect(records.counters.failed).toBe(0)
  })

  it('of several dropped manifests go together as far as one transaction reaches', async () => {
    const records = await Records.open()
    records.write((writer) => {
      for (const row of [1, 2]) writer.putFailure(pending(row, 1))
      for (const row of [1, 2]) writer.putFailure(pending(row, 1, { manifest: 8 }))
    })
    records.write((writer) => {
      writer.dropManifest(fingerprintOf(107))
      writer.dropManifest(fingerprintOf(108))
    })
    expect(records.counters).toEqual({ ...NO_COUNTS, nextManifest: 9, run: 3 })
    expect([...records.store.failures.getKeys()]).toEqual([])
  })
})

describe('reading records', () => {
  it('goes through one view, which shows what was committed when it was taken', async () => {
    const records = await Records.open()
    const { store, reader } = records
    const read = () => ({
      failures: [...reader.failures()].length,
      entries: [...reader.failureEntries(7)].length,
      manifests: [...reader.manifests()].length,
      runs: reader.runs().length,
      uploads: reader.uploads().length,
    })
    const before = read()
    store.env.transactionSync(() => {
      const writer = new RecordWriter(store, records.counters)
      writer.putManifest(fingerprintOf(109), { ...SEVEN, number: 9 })
      writer.putFailure(pending(1, 1))
      writer.putUpload(fingerprintOf(1), 'a', { id: '1' })
      writer.putRun({ number: 1, startedAt: 's', info: {}, finishedAt: null, summary: null })
      writer.end()
    })
    expect(read()).toEqual(before)
    records.write(() => {})
    expect(read()).toEqual({ failures: 1, entries: 1, manifests: 3, runs: 1, uploads: 1 })
  })
})

describe('other records', () => {
  it('of runs are in the order of their numbers', async () => {
    const records = await Records.open()
    const run = (number: number) => ({ number, startedAt: 's', info: {}, finishedAt: null, summary: null })
    records.write((writer) => {
      writer.putRun(run(300))
      writer.putRun(run(2))
    })
    expect(records.reader.runs()).toEqual([run(2), run(300)])
    expect(records.counters.run).toBe(300)
  })

  it('of uploads are kept with their name, until they are taken back', async () => {
    const records = await Records.open()
    const { store, reader } = records
    records.write((writer) => {
      writer.putUpload(fingerprintOf(1), 'a', { id: '1' })
      writer.putUpload(fingerprintOf(2), 'b', { id: '2' })
    })
    expect(textOf(store.uploads.getBinary(fingerprintOf(1)))).toEqual(['a', { id: '1' }])
    records.write((writer) => writer.putUpload(fingerprintOf(1), 'a', null))
    expect(reader.upload(fingerprintOf(1))).toBeUndefined()
    expect(reader.upload(fingerprintOf(2))).toEqual({ id: '2' })
    expect(reader.uploads()).toEqual([['b', { id: '2' }]])
  })

  it('are written in a transaction or not at all: what a writer counts is its own until then', async () => {
    const records = await Records.open()
    const before = structuredClone(records.counters)
    const { store } = records
    store.env.transactionSync(() => {
      const writer = new RecordWriter(store, records.counters)
      writer.putFailure(pending(1, 1))
      writer.dropManifest(fingerprintOf(107))
    })
    expect(records.counters).toEqual(before)
  })
})
