import { expect, test } from 'vitest'
import { inSignedChunks } from './signed-chunks.js'
import { describeContract, element, md5Base64, md5Hex } from './stores.js'

describeContract('objects', (store) => {
  test('a PUT returns the quoted MD5 as ETag, and a GET returns the same bytes', async () => {
    const body = Buffer.from(Array.from({ length: 70_000 }, (_, at) => at % 251))
    const put = await store.put('bytes', body)
    expect(put.status).toBe(200)
    expect(put.headers.etag).toBe(`"${md5Hex(body)}"`)
    const got = await store.get('bytes')
    expect(got.status).toBe(200)
    expect(got.body.equals(body)).toBe(true)
    expect(got.headers).toMatchObject({
      etag: put.headers.etag,
      'content-length': '70000',
      'accept-ranges': 'bytes',
      'content-type': 'binary/octet-stream',
    })
    expect(Date.parse(got.headers['last-modified']!)).not.toBeNaN()
    expect(got.headers['x-amz-request-id']).toBeTruthy()
  })

  test('an empty object can be stored and read', async () => {
    expect((await store.put('empty', '')).headers.etag).toBe(`"${md5Hex('')}"`)
    const got = await store.get('empty')
    expect([got.status, got.headers['content-length'], got.body.length]).toEqual([200, '0', 0])
  })

  test('a HEAD has the headers of a GET, without the body', async () => {
    await store.put('headed', 'hello', { 'content-type': 'text/plain' })
    const [head, get] = await Promise.all([store.head('headed'), store.get('headed')])
    expect(head.body.length).toBe(0)
    for (const name of ['etag', 'content-length', 'content-type', 'last-modified', 'accept-ranges']) {
      expect([name, head.headers[name]]).toEqual([name, get.headers[name]])
    }
  })

  test('system headers, user metadata and the number of tags are returned as they were sent', async () => {
    const headers = {
      'content-type': 'image/png',
      'content-encoding': 'gzip',
      'content-disposition': 'attachment; filename="x y.png"',
      'content-language': 'de',
      'cache-control': 'no-cache, max-age=1',
      expires: 'Wed, 21 Oct 2026 07:28:00 GMT',
      'x-amz-meta-one': 'eins',
      'x-amz-meta-empty': '',
      'x-amz-meta-signs': 'a=b; c="d" + %20',
    }
    await store.put('described', 'x', { ...headers, 'x-amz-tagging': 'a=b&c%20d=e+f' })
    const head = await store.head('described')
    expect(head.headers).toMatchObject({ ...headers, 'x-amz-tagging-count': '2' })
  })

  test('non-ASCII metadata is returned as an encoded word', async () => {
    const latin1 = Buffer.from('grüße €').toString('latin1')
    await store.put('umlauts', 'x', { 'x-amz-meta-greeting': latin1 })
    const value = String((await store.head('umlauts')).headers['x-amz-meta-greeting'])
    expect(decodeWord(value)).toBe('grüße €')
  })

  test('aws-chunked is framing, not an encoding of the object', async () => {
    const framed = inSignedChunks(store.endpoint, Buffer.from('hello world'), 4)
    const encoded = (encoding: string) => ({
      ...framed,
      method: 'PUT',
      key: 'framed',
      headers: { ...framed.headers, 'content-encoding': encoding },
    })
    const put = await store.ask(encoded('aws-chunked,gzip'))
    expect(put.headers.etag).toBe(`"${md5Hex('hello world')}"`)
    expect((await store.head('framed')).headers['content-encoding']).toBe('gzip')
    await store.ask(encoded('aws-chunked'))
    expect((await store.head('framed')).headers['content-encoding']).toBeUndefined()
  })

  test('a storage class is kept, the standard one is omitted, an unknown one is refused', async () => {
    await store.put('reduced', 'x', { 'x-amz-storage-class': 'REDUCED_REDUNDANCY' })
    expect((await store.head('reduced')).headers['x-amz-storage-class']).toBe('REDUCED_REDUNDANCY')
    await store.put('standard', 'x', { 'x-amz-storage-class': 'STANDARD' })
    expect((await store.head('standard')).headers['x-amz-storage-class']).toBeUndefined()
    const refused = await store.put('unknown', 'x', { 'x-amz-storage-class': 'NONSENSE' })
    expect([refused.status, refused.code]).toEqual([400, 'InvalidStorageClass'])
  })

  test('a GET may override response headers', async () => {
    await store.put('overridden', 'x', { 'content-type': 'text/plain' })
    const got = await store.get(
      'overridden',
      {},
      'response-cache-control=max-age%3D1&response-content-type=text%2Fcsv',
    )
    expect(got.headers).toMatchObject({ 'content-type': 'text/csv', 'cache-control': 'max-age=1' })
  })

  test('Content-MD5 is checked, and a mismatch is not stored', async () => {
    expect((await store.put('digest', 'good', { 'content-md5': md5Base64('good') })).status).toBe(200)
    const bad = await store.put('digest', 'evil', { 'content-md5': md5Base64('good') })
    expect([bad.status, bad.code]).toEqual([400, 'BadDigest'])
    const malformed = await store.put('digest', 'evil', { 'content-md5': 'zzz' })
    expect([malformed.status, malformed.code]).toEqual([400, 'InvalidDigest'])
    expect((await store.get('digest')).body.toString()).toBe('good')
  })

  test('too much user metadata is refused', async () => {
    const refused = await store.put('verbose', 'x', { 'x-amz-meta-a': 'v'.repeat(3000) })
    expect([refused.status, refused.code]).toEqual([400, 'MetadataTooLarge'])
  })

  test('deleting removes an object; deleting a missing one succeeds, too', async () => {
    await store.put('gone', 'x')
    for (const _ of [1, 2]) expect((await store.ask({ method: 'DELETE', key: 'gone' })).status).toBe(204)
    expect((await store.get('gone')).status).toBe(404)
  })

  test('a missing object is a 404, with a code for GET and without a body for HEAD', async () => {
    const got = await store.get('nowhere')
    expect([got.status, got.code, element(got, 'Key')]).toEqual([404, 'NoSuchKey', 'nowhere'])
    expect(got.headers['content-type']).toBe('application/xml')
    expect(element(got, 'RequestId')).toBe(got.headers['x-amz-request-id'])
    const head = await store.head('nowhere')
    expect([head.status, head.body.length]).toEqual([404, 0])
    for (const method of ['GET', 'PUT', 'DELETE']) {
      const reply = await store.ask({ method, bucket: 'no-such-bucket-here', key: 'x' })
      expect([method, reply.status, reply.code]).toEqual([method, 404, 'NoSuchBucket'])
    }
  })
})

/** An encoded word of RFC 2047, in UTF-8, B or Q. */
function decodeWord(text: string): string {
  const [, kind, payload = ''] = /^=\?UTF-8\?([BQ])\?(.*)\?=$/i.exec(text) ?? []
  if (kind?.toUpperCase() === 'B') return Buffer.from(payload, 'base64').toString('utf8')
  const bytes = payload
    .replaceAll('_', ' ')
    .replaceAll(/=([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
  return Buffer.from(bytes, 'latin1').toString('utf8')
}
