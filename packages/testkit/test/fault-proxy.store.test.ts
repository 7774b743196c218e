import type { FaultAction } from '@lagoon/s3-sandbox'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import {
  s3Request,
  createUniqueBucket,
  s3Client,
  startFaultProxy,
  storePair,
  type S3Reply,
  type StoreFaultProxy,
} from '../src/index.js'

const BODY = 'hello world'
const { source } = storePair()

let proxy: StoreFaultProxy
let bucket: string

beforeAll(async () => {
  const client = s3Client(source)
  bucket = await createUniqueBucket(client, 'proxied')
  client.destroy()
  proxy = await startFaultProxy(source)
})
afterAll(() => proxy.close())
beforeEach(async () => {
  proxy.faults.clear()
  proxy.requests.clear()
  await direct({ method: 'PUT', key: 'k', body: BODY })
})

const direct = (ask: Parameters<typeof s3Request>[1]): Promise<S3Reply> =>
  s3Request(source, { bucket, ...ask })
const through = (ask: Parameters<typeof s3Request>[1]): Promise<S3Reply> =>
  s3Request(proxy.endpoint, { bucket, ...ask })
const outcome = async (promise: Promise<S3Reply>): Promise<string> =>
  promise.then(
    (reply) => `${reply.status} ${reply.code ?? reply.body.toString()}`,
    (error: NodeJS.ErrnoException) => error.code ?? error.message,
  )

describe('without faults', () => {
  test('requests and responses pass byte for byte, so that signatures stay valid', async () => {
    const key = 'odd key/ü+%2F?#'
    const body = Buffer.from(Array.from({ length: 300_000 }, (_, at) => at % 251))
    const put = await through({ method: 'PUT', key, body, headers: { 'x-amz-meta-a': 'b' } })
    expect([put.status, put.headers.etag]).toEqual([
      200,
      (await direct({ method: 'HEAD', key })).headers.etag,
    ])
    const got = await through({ key })
    expect([got.body.equals(body), got.headers['x-amz-meta-a']]).toEqual([true, 'b'])
    const head = await through({ method: 'HEAD', key })
    expect([head.status, head.headers['content-length'], head.body.length]).toEqual([200, '300000', 0])
    expect((await through({ key, headers: { 'if-none-match': got.headers.etag! } })).status).toBe(304)
    expect((await through({ key: 'none' })).code).toBe('NoSuchKey')
    expect((await through({ key: 'k', time: Date.now() - 3_600_000 })).code).toBe('RequestTimeTooSkewed')
  })

  test('the log counts requests and bytes', async () => {
    await through({ key: 'k' })
    await through({ query: 'list-type=2' })
    await through({ query: 'tagging=' })
    expect(proxy.requests.byOperation).toEqual({ GetObject: 1, ListObjectsV2: 1, ListObjects: 1 })
    expect(proxy.requests.inFlight).toBe(0)
  })

  test('unknown operations pass, too', async () => {
    const [behind, before] = [await direct({ query: 'policy=' }), await through({ query: 'policy=' })]
    expect([before.status, before.code]).toEqual([behind.status, behind.code])
  })
})

describe('faults in front of a store', () => {
  test.each<[string, FaultAction, RegExp]>([
    ['an error', { type: 'error', code: 'SlowDown' }, /^503 SlowDown$/],
    ['an HTML page', { type: 'html' }, /^502 <html>/],
    ['broken XML', { type: 'garbage-xml' }, /^200 <\?xml.*Contents/s],
    ['a redirect', { type: 'redirect', region: 'eu-west-1' }, /^301 PermanentRedirect$/],
    ['a flipped byte', { type: 'flip', atByte: 3 }, /^200 helmo world$/],
    [
      'a short body with fitting headers',
      { type: 'truncate', atByte: 4, contentLength: 'shortened' },
      /^200 hell$/,
    ],
    ['a body that ends early', { type: 'truncate', atByte: 4 }, /^ECONNRESET$/],
    ['a reset before the headers', { type: 'reset-response' }, /^ECONNRESET$/],
    ['a reset in the body', { type: 'reset-response', atByte: 5 }, /^ECONNRESET$/],
  ])('%s reaches the client', async (_, action, expected) => {
    const fault = proxy.faults.add({ key: 'k', times: 1, action })
    expect(await outcome(through({ key: 'k' }))).toMatch(expected)
    expect(fault.applied).toBe(1)
    expect(await outcome(through({ key: 'k' }))).toBe(`200 ${BODY}`)
  })

  test('a request that is reset halfway stores nothing', async () => {
    proxy.faults.add({ operation: 'PutObject', times: 1, action: { type: 'reset-request', atByte: 5 } })
    expect(await outcome(through({ method: 'PUT', key: 'k', body: 'HELLO WORLD' }))).toMatch(
      /ECONNRESET|EPIPE/,
    )
    expect((await direct({ key: 'k' })).body.toString()).toBe(BODY)
  })

  test('a lost response leaves the effect in place', async () => {
    proxy.faults.add({ operation: 'PutObject', times: 1, action: { type: 'reset-response' } })
    expect(await outcome(through({ method: 'PUT', key: 'landed', body: 'x' }))).toBe('ECONNRESET')
    expect((await direct({ key: 'landed' })).body.toString()).toBe('x')
  })

  test('a byte flipped in a request is stored unless the payload is signed', async () => {
    proxy.faults.add({
      operation: 'PutObject',
      action: { type: 'flip', atByte: 0, mask: 0x20, side: 'request' },
    })
    const put = { method: 'PUT', key: 'k', body: BODY }
    expect((await through(put)).code).toBe('XAmzContentSHA256Mismatch')
    expect((await through({ ...put, payload: 'UNSIGNED-PAYLOAD' })).status).toBe(200)
    expect((await direct({ key: 'k' })).body.toString()).toBe('Hello world')
  })

  test('a request can be held until the store behind it has changed', async () => {
    const hold = proxy.hold({ operation: 'GetObject' })
    const reply = through({ key: 'k' })
    await hold.arrived()
    await direct({ method: 'DELETE', key: 'k' })
    hold.release()
    expect((await reply).code).toBe('NoSuchKey')
  })

  test('a stall lasts until its rule is removed', async () => {
    const stall = proxy.faults.add({ action: { type: 'stall', atByte: 4 } })
    const arrived = proxy.requests.next()
    const reply = through({ key: 'k' })
    await arrived
    stall.remove()
    expect((await reply).body.toString()).toBe(BODY)
  })

  test('a missing store breaks the connection', async () => {
    await using nowhere = await startFaultProxy({ ...source, url: 'http://127.0.0.1:1' })
    expect(await outcome(s3Request(nowhere.endpoint, { bucket, key: 'k' }))).toBe('ECONNRESET')
  })
})
