import { describe, expect, it } from 'vitest'
import { groupKey, rowKey } from '../src/records/failures.js'
import { Memtable } from '../src/keys/memtable.js'
import type { RecordReader } from '../src/records/reader.js'
import { NO_COUNTS } from '../src/records/writer.js'
import { failure } from './helpers.js'
import { fingerprintOf, hex, pending, Records, textOf } from './records.js'

describe('failures on record', () => {
  it('have the documented form', async () => {
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

  it('of a row replace an earlier one, in the counts and for the key, too', async () => {
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

  it('are removed by row or by key, if they exist', async () => {
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

  it.each([2, 100])('are removed for completed keys, %i in one transaction', async (count) => {
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

  it('of a round are distinguished from those of another run or round, and from replaced rows', async () => {
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

  it('of a dropped manifest stop counting immediately, and are removed gradually, 2,000 in a transaction', async () => {
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

  it('of rows without a usable key are removed like others', async () => {
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
