import { describe, expect, it } from 'vitest'
import { fingerprintKey, groupKey, parseRowKey, rowKey } from '../src/records/failures.js'
import { RecordWriter } from '../src/records/writer.js'
import { fingerprintOf, pending, Records, SEVEN, textOf } from './records.js'

describe('keys of records', () => {
  it('are numbers, most significant byte first, in the order of rows', () => {
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

describe('reading records', () => {
  it('uses one view, which shows what was committed when it was opened', async () => {
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
      writer.dropManifest(fingerprintOf(108))
      writer.putFailure(pending(1, 1))
      writer.putUpload(fingerprintOf(1), 'a', { id: '1' })
      writer.putRun({ number: 1, startedAt: 's', info: {}, finishedAt: null, summary: null })
      writer.end()
    })
    expect(read()).toEqual(before)
    records.write(() => {})
    expect(read()).toEqual({ failures: 1, entries: 1, manifests: 2, runs: 1, uploads: 1 })
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

  it('of uploads keep their name, until they are deleted', async () => {
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

  it("are written in a transaction or not at all: a writer's counts are its own until then", async () => {
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
