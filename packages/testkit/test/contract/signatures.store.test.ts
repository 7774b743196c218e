import { createHash } from 'node:crypto'
import { beforeAll, expect, test } from 'vitest'
import { presignS3, s3Request, type S3Reply, type S3Request } from '../../src/index.js'
import { inSignedChunks } from './signed-chunks.js'
import { describeContract, md5Base64 } from './stores.js'

const MINUTE = 60_000

describeContract('signatures', (store) => {
  const askAs = (as: Partial<typeof store.endpoint>, ask: S3Request = {}): Promise<S3Reply> =>
    s3Request({ ...store.endpoint, ...as }, { bucket: store.bucket, key: 'signed', ...ask })

  beforeAll(async () => {
    await store.put('signed', 'secret')
  })

  test('a wrong secret is SignatureDoesNotMatch', async () => {
    const refused = await askAs({ secretAccessKey: 'a-wrong-secret' })
    expect([refused.status, refused.code]).toEqual([403, 'SignatureDoesNotMatch'])
    expect(refused.body.toString()).not.toContain(store.endpoint.secretAccessKey)
    expect((await askAs({ secretAccessKey: 'a-wrong-secret' }, { method: 'HEAD' })).status).toBe(403)
  })

  test('an unknown access key is InvalidAccessKeyId', async () => {
    const refused = await askAs({ accessKeyId: 'AKIANOBODY' })
    expect([refused.status, refused.code]).toEqual([403, 'InvalidAccessKeyId'])
  })

  test('a clock more than 15 minutes off is RequestTimeTooSkewed, in either direction', async () => {
    for (const minutes of [-20, 20]) {
      const refused = await askAs({}, { time: Date.now() + minutes * MINUTE })
      expect([refused.status, refused.code]).toEqual([403, 'RequestTimeTooSkewed'])
    }
    expect((await askAs({}, { time: Date.now() - 10 * MINUTE })).status).toBe(200)
  })

  test('an unsigned request is AccessDenied', async () => {
    const read = await askAs({}, { unsigned: true })
    expect([read.status, read.code]).toEqual([403, 'AccessDenied'])
    const write = await askAs({}, { unsigned: true, method: 'PUT', body: 'x' })
    expect([write.status, write.code]).toEqual([403, 'AccessDenied'])
  })

  test('a payload may be unsigned, but a signed hash must match', async () => {
    const put = { method: 'PUT', key: 'payload', body: 'hello' }
    expect((await store.ask({ ...put, payload: 'UNSIGNED-PAYLOAD' })).status).toBe(200)
    const other = createHash('sha256').update('other').digest('hex')
    const refused = await store.ask({ ...put, payload: other })
    expect([refused.status, refused.code]).toEqual([400, 'XAmzContentSHA256Mismatch'])
  })

  test('the framing of a body in signed chunks is removed', async () => {
    const body = Buffer.alloc(200_000, 7)
    const put = await store.ask({
      method: 'PUT',
      key: 'chunks',
      ...inSignedChunks(store.endpoint, body, 65_536),
    })
    expect(put.status).toBe(200)
    expect((await store.get('chunks')).body.equals(body)).toBe(true)
    const abc = inSignedChunks(store.endpoint, Buffer.from('abc'), 2)
    const headers = { ...abc.headers, 'content-md5': md5Base64('abd') }
    const damaged = await store.ask({ method: 'PUT', key: 'chunks', ...abc, headers })
    expect([damaged.status, damaged.code]).toEqual([400, 'BadDigest'])
  })

  test('a body in unsigned chunks has a trailing checksum', async () => {
    const put = (key: string, checksum: string, length = '11'): Promise<S3Reply> =>
      store.ask({
        method: 'PUT',
        key,
        body: `b\r\nhello world\r\n0\r\nx-amz-checksum-crc32:${checksum}\r\n\r\n`,
        payload: 'STREAMING-UNSIGNED-PAYLOAD-TRAILER',
        headers: {
          'content-encoding': 'aws-chunked',
          'x-amz-decoded-content-length': length,
          'x-amz-trailer': 'x-amz-checksum-crc32',
        },
      })
    expect((await put('trailer', 'DUoRhQ==')).status).toBe(200)
    expect((await store.get('trailer')).body.toString()).toBe('hello world')
    expect((await store.head('trailer')).headers['content-encoding']).toBeUndefined()
    expect((await put('trailer-wrong', 'DUoRhA==')).status).toBe(400)
    expect((await store.head('trailer-wrong')).status).toBe(404)
    const short = await put('trailer-short', 'DUoRhQ==', '15')
    expect([short.status, short.code]).toEqual([400, 'IncompleteBody'])
  })

  test('a presigned URL works until it expires', async () => {
    const target = `/${store.bucket}/signed`
    const ask = (asked: Partial<Parameters<typeof presignS3>[1]>, as = {}): Promise<S3Reply> =>
      store.ask({
        target: presignS3({ ...store.endpoint, ...as }, { method: 'GET', target, ...asked }),
        unsigned: true,
      })
    expect((await ask({})).body.toString()).toBe('secret')
    const expired = await ask({ time: Date.now() - 10 * MINUTE })
    expect([expired.status, expired.code]).toEqual([403, 'AccessDenied'])
    const wrong = await ask({}, { secretAccessKey: 'a-wrong-secret' })
    expect([wrong.status, wrong.code]).toEqual([403, 'SignatureDoesNotMatch'])
    const tooLong = await ask({ expiresSeconds: 700_000 })
    expect([tooLong.status, tooLong.code]).toEqual([400, 'AuthorizationQueryParametersError'])
  })
})
