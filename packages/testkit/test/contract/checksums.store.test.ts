import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import type { S3Reply } from '../../src/index.js'
import { describeContract, element, elements, md5Hex } from './stores.js'

const sha256 = (body: string): string => createHash('sha256').update(body).digest('base64')

// Of `hello world`: published check values computed with other tools.
const KNOWN = {
  crc32: 'DUoRhQ==',
  crc32c: 'yZRlqg==',
  crc64nvme: 'jSnVw/bqjr4=',
  sha1: 'Kq5sNclPz7QV2+lfQIuc6R7oRu0=',
  sha256: 'uU0nuZNNPgilLlLX2n2r+sSE7+N6U4DukIj3rOLvzek=',
}

describeContract('checksums', (store) => {
  test.each(Object.entries(KNOWN))(
    'a %s of the body is checked, stored, and returned on request',
    async (name, value) => {
      const header = `x-amz-checksum-${name}`
      const put = await store.put(`with-${name}`, 'hello world', { [header]: value })
      expect([put.status, put.headers[header]]).toEqual([200, value])
      const told = await store.head(`with-${name}`, { 'x-amz-checksum-mode': 'ENABLED' })
      expect([told.headers[header], told.headers['x-amz-checksum-type']]).toEqual([value, 'FULL_OBJECT'])
      expect((await store.head(`with-${name}`)).headers[header]).toBeUndefined()
      const refused = await store.put(`wrong-${name}`, 'hello WORLD', { [header]: value })
      expect(refused.status).toBe(400)
      expect((await store.head(`wrong-${name}`)).status).toBe(404)
    },
  )

  test('an invalid checksum, and two checksums, are refused', async () => {
    expect((await store.put('malformed', 'x', { 'x-amz-checksum-crc32': 'abc' })).status).toBe(400)
    const two = { 'x-amz-checksum-crc32': KNOWN.crc32, 'x-amz-checksum-sha256': KNOWN.sha256 }
    expect((await store.put('both', 'hello world', two)).status).toBe(400)
  })

  test('GetObjectAttributes returns ETag, checksum and size', async () => {
    await store.put('attributes', 'hello world', { 'x-amz-checksum-sha256': KNOWN.sha256 })
    const got = await store.get(
      'attributes',
      { 'x-amz-object-attributes': 'ETag,Checksum,ObjectSize' },
      'attributes=',
    )
    expect([got.status, element(got, 'ETag'), element(got, 'ObjectSize')]).toEqual([
      200,
      md5Hex('hello world'),
      '11',
    ])
    expect(element(got, 'ChecksumSHA256')).toBe(KNOWN.sha256)
  })

  test.each([
    ['SHA256', 'COMPOSITE', 'composite'],
    ['CRC32', 'FULL_OBJECT', 'full'],
    ['CRC64NVME', 'FULL_OBJECT', 'full'],
  ] as const)('a multipart upload with %s has a %s checksum', async (algorithm, type, kind) => {
    const key = `parts-${algorithm}`
    const created = await store.ask({
      method: 'POST',
      key,
      query: 'uploads=',
      headers: { 'x-amz-checksum-algorithm': algorithm, 'x-amz-checksum-type': type },
    })
    const upload = `uploadId=${encodeURIComponent(element(created, 'UploadId')!)}`
    const header = `x-amz-checksum-${algorithm.toLowerCase()}`
    const value = KNOWN[algorithm.toLowerCase() as keyof typeof KNOWN]
    const part = await store.ask({
      method: 'PUT',
      key,
      query: `partNumber=1&${upload}`,
      body: 'hello world',
      headers: { [header]: value },
    })
    expect(part.headers[header]).toBe(value)
    expect(elements(await store.get(key, {}, upload), `Checksum${algorithm}`)).toEqual([value])
    const element1 = `<Part><PartNumber>1</PartNumber><ETag>${md5Hex('hello world')}</ETag><Checksum${algorithm}>${value}</Checksum${algorithm}></Part>`
    const done: S3Reply = await store.ask({
      method: 'POST',
      key,
      query: upload,
      headers: { 'x-amz-checksum-type': type },
      body: `<CompleteMultipartUpload>${element1}</CompleteMultipartUpload>`,
    })
    expect(done.status).toBe(200)
    const told = await store.head(key, { 'x-amz-checksum-mode': 'ENABLED' })
    const composite = createHash('sha256').update(Buffer.from(value, 'base64')).digest('base64')
    expect(told.headers[header]).toBe(kind === 'full' ? value : `${composite}-1`)
    expect(told.headers['x-amz-checksum-type']).toBe(type)
    expect(sha256('hello world')).toBe(KNOWN.sha256)
  })
})
