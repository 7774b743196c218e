import { describe, expect, it } from 'vitest'
import { abandonUploads, createSimpleRunner } from '../src/index.js'
import type { UploadRecord } from '../src/copy/upload-ledger.js'
import { interruptedUpload } from './support/interrupted-upload.js'
import { sandboxOptions } from './support/sandbox-pair.js'

const runner = createSimpleRunner({ maxAttempts: 2, baseDelayMs: 0 })

/** An interrupted upload of which something is changed before it continues, and the copy that does. */
async function resumed(change: (record: UploadRecord, map: Map<string, object>) => void) {
  const upload = await interruptedUpload()
  const record = upload.map.get(upload.job.destinationKey) as UploadRecord
  const { uploadId } = record
  change(record, upload.map)
  upload.destination.requests.clear()
  const result = await upload.copier().copy(upload.job, runner)
  return { ...upload, uploadId, result, sent: upload.destination.requests.byOperation }
}

describe('an upload that was interrupted', () => {
  it('uploads only the missing parts', async () => {
    const { destination, result, sent, etag, map } = await resumed(() => undefined)
    expect(result).toMatchObject({ ok: true, etag, verification: 'etag' })
    expect(sent).toEqual({ ListParts: 1, UploadPart: 2, CompleteMultipartUpload: 1 })
    expect(destination.store.uploads('to')).toEqual([])
    expect(map.size).toBe(0)
  })

  it.each<[string, (record: UploadRecord) => void, number]>([
    ['with another ETag', (record) => (record.parts[0]![1] = '0'.repeat(32)), 3],
    [
      'of another size',
      (record) => {
        // The ledger says of the short last part what the store says of the first.
        record.parts = [[3, record.parts[0]![1]]]
      },
      3,
    ],
  ])('takes no part for finished that was noted %s', async (_, change, parts) => {
    const { result, sent, etag } = await resumed(change)
    expect(result).toMatchObject({ ok: true, etag, verification: 'etag' })
    expect(sent['UploadPart']).toBe(parts)
  })

  it('ignores finished parts that are not in the plan', async () => {
    const { destination, copier, job, etag, map } = await interruptedUpload()
    const record = map.get(job.destinationKey) as UploadRecord
    record.parts = [[9, 'e']]
    const part = '<Part><PartNumber>9</PartNumber><ETag>"e"</ETag><Size>7</Size></Part>'
    const body = `<ListPartsResult>${part}</ListPartsResult>`
    destination.faults.add({ operation: 'ListParts', action: { type: 'answer', status: 200, body } })
    destination.requests.clear()
    expect(await copier().copy(job, runner)).toMatchObject({ ok: true, etag })
    expect(destination.requests.byOperation['UploadPart']).toBe(3)
  })

  it.each<[string, (record: UploadRecord, map: Map<string, object>) => void, object]>([
    [
      'aborted, where the source has changed',
      (record) => (record.etag = 'other'),
      { AbortMultipartUpload: 1 },
    ],
    ['left alone, where it is in another bucket', (record) => (record.bucket = 'other'), {}],
    [
      'left alone, where a later version remembers it',
      (_, map) => map.set('there/ü', { ...map.get('there/ü'), version: 2 }),
      {},
    ],
  ])('is %s, and another one begun', async (_, change, asked) => {
    const { result, sent, etag } = await resumed(change)
    expect(result).toMatchObject({ ok: true, etag })
    expect(sent).toMatchObject({ ...asked, CreateMultipartUpload: 1, UploadPart: 3 })
  })

  it('starts over if the store no longer knows it', async () => {
    const { destination, copier, job, etag, map } = await interruptedUpload()
    destination.store.abortUploads('to')
    expect(await copier().copy(job, runner)).toMatchObject({ ok: true, etag })
    expect(map.size).toBe(0)
  })

  it('stays in the ledger if its parts cannot be listed', async () => {
    const { destination, copier, job, map } = await interruptedUpload()
    destination.faults.add({ operation: 'ListParts', action: { type: 'error', code: 'SlowDown' } })
    expect(await copier().copy(job, runner)).toMatchObject({ ok: false, failure: { class: 'throttle' } })
    expect(map.size).toBe(1)
  })

  it('stays in the ledger if it cannot be aborted', async () => {
    const { source, destination, copier, job, map } = await interruptedUpload()
    const denied = { type: 'error', code: 'AccessDenied', status: 403 } as const
    source.faults.add({ operation: 'GetObject', nth: [2, 3, 4], action: denied })
    destination.faults.add({ operation: 'AbortMultipartUpload', action: denied })
    expect(await copier().copy(job, runner)).toMatchObject({ ok: false, failure: { class: 'permanent' } })
    expect(map.size).toBe(1)
    expect(destination.store.uploads('to')).toHaveLength(1)
  })
})

describe('an upload that was created just before a kill, whose id was lost', () => {
  /** An intent in the ledger, and the upload that belongs to it at the store. */
  async function unknownUpload() {
    const upload = await interruptedUpload()
    const record = upload.map.get(upload.job.destinationKey) as UploadRecord
    upload.map.set(upload.job.destinationKey, { ...record, uploadId: '', parts: [] })
    return upload
  }

  it('is found and aborted by the next attempt, and another one takes its place', async () => {
    const { destination, copier, job, etag, map } = await unknownUpload()
    expect(await copier().copy(job, runner)).toMatchObject({ ok: true, etag })
    expect(destination.store.uploads('to')).toEqual([])
    expect(map.size).toBe(0)
  })

  it('is found by cleanup', async () => {
    const { destination, map, uploads } = await unknownUpload()
    const found = []
    const options = { destination: sandboxOptions(destination, 'to'), uploads }
    for await (const upload of abandonUploads(options)) found.push(upload)
    expect(found).toMatchObject([{ destinationKey: 'there/ü', outcome: 'aborted', held: { parts: 1 } }])
    expect(destination.store.uploads('to')).toEqual([])
    expect(map.size).toBe(0)
  })

  it("is left alone if it is much older: it is another writer's", async () => {
    const { destination, copier, job, etag, map } = await unknownUpload()
    const later = { ...map.get(job.destinationKey), startedAt: Date.now() + 3_600_000 }
    map.set(job.destinationKey, later)
    expect(await copier().copy(job, runner)).toMatchObject({ ok: true, etag })
    expect(destination.store.uploads('to')).toHaveLength(1)
  })

  it('is announced in the ledger before the store is asked', async () => {
    const { destination, copier, job, map } = await interruptedUpload()
    destination.store.abortUploads('to')
    map.clear()
    const hold = destination.hold({ operation: 'CreateMultipartUpload' })
    const copying = copier().copy(job, runner)
    await hold.arrived()
    expect(map.get(job.destinationKey)).toMatchObject({ version: 1, uploadId: '', parts: [] })
    hold.release()
    expect(await copying).toMatchObject({ ok: true })
    expect(map.size).toBe(0)
  })
})
