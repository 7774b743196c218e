import type { FaultAction, Operation } from '@lagoon/s3-sandbox'
import { describe, expect, it } from 'vitest'
import { MultipartUpload } from '../src/s3/multipart.js'
import type { PlannedPart } from '../src/verify/part-digests.js'
import type { UploadRecord } from '../src/copy/upload-ledger.js'
import { UploadSession } from '../src/copy/upload-session.js'
import { memoryLedger } from './support/interrupted-upload.js'
import { sandboxPair } from './support/sandbox-pair.js'
import { testEndpoint } from './support/test-endpoint.js'

const md5 = '9e107d9d372bb6826bd81d3542a419d6'

/** The calls around an upload, and what the store answers to the first, second … request of an operation. */
async function answered(faults: [Operation, FaultAction][]) {
  const { destination } = await sandboxPair()
  const endpoint = testEndpoint(destination, 'to')
  for (const [index, [operation, action]] of faults.entries()) {
    const before = faults.slice(0, index).filter(([other]) => other === operation)
    destination.faults.add({ operation, action, nth: before.length + 1 })
  }
  return { destination, upload: new MultipartUpload(endpoint, endpoint.pathOf('k'), 'k') }
}

const says = (body: string, headers = {}): FaultAction => ({ type: 'answer', status: 200, body, headers })
const gone: FaultAction = { type: 'error', code: 'NoSuchUpload', status: 404 }
const malformed = { ok: false, failure: { class: 'transient', code: 'MalformedAnswer' } }

describe('beginning an upload', () => {
  it('must return an upload id', async () => {
    const { upload } = await answered([['CreateMultipartUpload', says('<Created/>')]])
    expect(await upload.create([], undefined)).toMatchObject(malformed)
  })
})

describe('completing an upload', () => {
  const complete = (upload: MultipartUpload, predicted: string | null) =>
    upload.complete('u', [], predicted, [], undefined)

  it('must return an ETag', async () => {
    const { upload } = await answered([['CompleteMultipartUpload', says('<Done/>')]])
    expect(await complete(upload, null)).toMatchObject(malformed)
  })

  it('returns the new version', async () => {
    const done = says(
      `<CompleteMultipartUploadResult><ETag>"${md5}-1"</ETag><ChecksumCRC64NVME>x</ChecksumCRC64NVME></CompleteMultipartUploadResult>`,
      { 'x-amz-version-id': 'v' },
    )
    const { upload } = await answered([['CompleteMultipartUpload', done]])
    expect(await complete(upload, null)).toMatchObject({
      ok: true,
      value: { etag: `${md5}-1`, versionId: 'v', checksums: { crc64nvme: 'x' } },
    })
  })

  it('of a missing upload succeeds if the object has the predicted ETag', async () => {
    const { upload } = await answered([
      ['CompleteMultipartUpload', gone],
      ['HeadObject', says('', { etag: `"${md5}-1"` })],
    ])
    expect(await complete(upload, `${md5}-1`)).toMatchObject({ ok: true, value: { etag: `${md5}-1` } })
  })

  it.each<[string, string | null, FaultAction]>([
    ['no ETag can be predicted', null, says('', { etag: `"${md5}-1"` })],
    ['the object has another ETag', `${md5}-1`, says('', { etag: `"${md5}"` })],
    ['nobody says what the object has', `${md5}-1`, { type: 'answer', status: 500 }],
  ])('that is gone has failed if %s', async (_, predicted, head) => {
    const { upload } = await answered([
      ['CompleteMultipartUpload', gone],
      ['HeadObject', head],
    ])
    expect(await complete(upload, predicted)).toMatchObject({ ok: false, failure: { code: 'NoSuchUpload' } })
  })
})

describe('aborting an upload', () => {
  it('succeeds for a missing upload, and fails if it is refused', async () => {
    const { upload } = await answered([
      ['AbortMultipartUpload', { type: 'error', code: 'AccessDenied', status: 403 }],
    ])
    expect(await upload.abort('u', undefined)).toMatchObject({ ok: false, failure: { code: 'AccessDenied' } })
    expect(await upload.abort('u', undefined)).toMatchObject({ ok: true })
  })
})

describe('listing the parts of an upload', () => {
  const page = (number: number, more: string) =>
    says(
      `<ListPartsResult><Part><PartNumber>${number}</PartNumber><ETag>"${md5}"</ETag><Size>5</Size></Part>${more}</ListPartsResult>`,
    )
  const truncated = '<IsTruncated>true</IsTruncated>'
  const next = (marker: number) => `<NextPartNumberMarker>${marker}</NextPartNumberMarker>`

  it.each([
    ['where the store says where the next begins', truncated + next(1)],
    ['from the last part on where the store says only that there is more', truncated],
    ['where the next marker makes no sense', truncated + next(0)],
  ])('continues from page to page %s', async (_, more) => {
    const { destination, upload } = await answered([
      ['ListParts', page(1, more)],
      ['ListParts', page(2, '')],
    ])
    const listed = await upload.listParts('u', undefined)
    expect(listed.ok && [...listed.value.keys()]).toEqual([1, 2])
    const { query } = destination.requests.records.at(-1)!
    expect(query.get('part-number-marker')).toBe('1')
  })

  it('fails if a page contains nothing new, and is never treated as complete', async () => {
    const { upload } = await answered([
      ['ListParts', page(1, truncated)],
      ['ListParts', page(1, truncated)],
    ])
    expect(await upload.listParts('u', undefined)).toMatchObject(malformed)
  })

  it('fails with the first page that fails', async () => {
    const { upload } = await answered([
      ['ListParts', page(1, truncated + next(1))],
      ['ListParts', { type: 'error', code: 'SlowDown' }],
    ])
    expect(await upload.listParts('u', undefined)).toMatchObject({
      ok: false,
      failure: { class: 'throttle' },
    })
  })
})

describe('the ledger', () => {
  it('receives the parts of an upload a hundred times, however many there are', async () => {
    const { upload } = await answered([])
    const { uploads } = memoryLedger()
    let puts = 0
    const counted = { ...uploads, put: () => void puts++ }
    const record: UploadRecord = {
      version: 1,
      uploadId: 'u',
      bucket: 'to',
      sourceKey: 'k',
      versionId: null,
      etag: md5,
      sizeBytes: 1000,
      partRuns: [[1, 1000]],
      startedAt: 0,
      parts: [],
    }
    const session = new UploadSession(upload, 'k', counted, record, new Map())
    for (let number = 1; number <= 1000; number++)
      session.note({ number, start: number - 1, end: number } as PlannedPart, md5, 1000)
    expect(puts).toBe(100)
    expect(session.finished.size).toBe(1000)
  })
})
