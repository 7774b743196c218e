import { describe, expect, it } from 'vitest'
import { groupKey } from '../src/records/failures.js'
import { NO_COUNTS } from '../src/records/writer.js'
import { EIGHT, fingerprintOf, hex, pending, Records, SEVEN } from './records.js'

describe('manifests on record', () => {
  it('are found by the fingerprint of their key and by their number', async () => {
    const { reader, counters } = await Records.open()
    expect(reader.manifest(fingerprintOf(107))).toEqual(SEVEN)
    expect(reader.manifestByNumber(8)).toEqual(EIGHT)
    expect(reader.manifest(fingerprintOf(1))).toBeUndefined()
    expect(reader.manifestByNumber(9)).toBeUndefined()
    expect(counters).toEqual({ ...NO_COUNTS, nextManifest: 9 })
  })

  it('are counted once as finished, and no longer when they are dropped', async () => {
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

  it('that are dropped lose their settled row groups, and are skipped by a concurrent listing', async () => {
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

  it('can be recorded as finished from the start, under their own number', async () => {
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

  it('are listed by key, all of them or those with failures', async () => {
    const records = await Records.open()
    records.write((writer) => writer.putFailure(pending(1, 1)))
    records.write((writer) => {
      expect(writer.manifestKeys().map(hex)).toEqual([hex(fingerprintOf(107)), hex(fingerprintOf(108))])
      expect(writer.manifestKeysWithFailures().map(hex)).toEqual([hex(fingerprintOf(107))])
    })
  })
})
