import { beforeAll, expect, test } from 'vitest'
import { describeContract, element, md5Hex } from './stores.js'

const BODY = 'hello world'
const ETAG = `"${md5Hex(BODY)}"`
const PAST = new Date(Date.now() - 86_400_000).toUTCString()
const FUTURE = new Date(Date.now() + 86_400_000).toUTCString()

describeContract('ranges and conditions', (store) => {
  beforeAll(async () => {
    await store.put('read', BODY, { 'content-type': 'text/plain' })
    await store.put('empty', '')
  })

  test.each([
    ['bytes=0-4', 'hello', 'bytes 0-4/11'],
    ['bytes=6-', 'world', 'bytes 6-10/11'],
    ['bytes=10-10', 'd', 'bytes 10-10/11'],
    ['bytes=6-999', 'world', 'bytes 6-10/11'],
    ['bytes=-5', 'world', 'bytes 6-10/11'],
    ['bytes=-500', BODY, 'bytes 0-10/11'],
  ])('the range %s is answered with 206 and its bytes', async (range, bytes, contentRange) => {
    const got = await store.get('read', { range })
    expect([got.status, got.body.toString(), got.headers['content-range']]).toEqual([
      206,
      bytes,
      contentRange,
    ])
    expect(got.headers['content-length']).toBe(String(bytes.length))
    const head = await store.head('read', { range })
    expect([head.status, head.headers['content-range'], head.body.length]).toEqual([206, contentRange, 0])
  })

  test.each(['bytes=11-', 'bytes=99-100', 'bytes=-0'])(
    'the range %s is out of bounds and a 416',
    async (range) => {
      const got = await store.get('read', { range })
      expect([got.status, got.code]).toEqual([416, 'InvalidRange'])
      expect((await store.head('read', { range })).status).toBe(416)
    },
  )

  test('an empty object has no valid range with a start', async () => {
    expect((await store.get('empty', { range: 'bytes=0-' })).code).toBe('InvalidRange')
  })

  test.each(['items=0-1', 'bytes=abc', 'bytes=0-1,3-4', 'bytes='])(
    'the range %s is ignored',
    async (range) => {
      const got = await store.get('read', { range })
      expect([got.status, got.body.toString()]).toEqual([200, BODY])
    },
  )

  test.each<[string, Record<string, string>, number]>([
    ['If-Match with the ETag', { 'if-match': ETAG }, 200],
    ['If-Match with the ETag without quotes', { 'if-match': ETAG.replaceAll('"', '') }, 200],
    ['If-Match with *', { 'if-match': '*' }, 200],
    ['If-Match with another ETag', { 'if-match': '"abc"' }, 412],
    ['If-None-Match with the ETag', { 'if-none-match': ETAG }, 304],
    ['If-None-Match with another ETag', { 'if-none-match': '"abc"' }, 200],
    ['If-Modified-Since the past', { 'if-modified-since': PAST }, 200],
    ['If-Modified-Since the future', { 'if-modified-since': FUTURE }, 304],
    ['If-Unmodified-Since the past', { 'if-unmodified-since': PAST }, 412],
    ['If-Unmodified-Since the future', { 'if-unmodified-since': FUTURE }, 200],
    [
      'If-Match that holds beside If-Unmodified-Since that fails',
      { 'if-match': ETAG, 'if-unmodified-since': PAST },
      200,
    ],
    [
      'If-None-Match that fails beside If-Modified-Since that holds',
      { 'if-none-match': ETAG, 'if-modified-since': PAST },
      304,
    ],
    ['an invalid date', { 'if-modified-since': 'yesterday or so' }, 200],
  ])('%s gives the right status', async (_, headers, status) => {
    const [get, head] = await Promise.all([store.get('read', headers), store.head('read', headers)])
    expect([get.status, head.status]).toEqual([status, status])
    expect(get.code).toBe(status === 412 ? 'PreconditionFailed' : null)
    expect(get.body.toString() === BODY).toBe(status === 200)
    expect(head.body.length).toBe(0)
  })

  test('a range with If-Match returns the bytes of that version or 412', async () => {
    expect((await store.get('read', { range: 'bytes=0-1', 'if-match': ETAG })).status).toBe(206)
    expect((await store.get('read', { range: 'bytes=0-1', 'if-match': '"abc"' })).status).toBe(412)
  })

  test('a single-piece object has a first part and no second', async () => {
    const first = await store.get('read', {}, 'partNumber=1')
    expect([first.status, first.body.toString(), first.headers['content-range']]).toEqual([
      206,
      BODY,
      'bytes 0-10/11',
    ])
    expect(first.headers['x-amz-mp-parts-count']).toBeUndefined()
    const second = await store.get('read', {}, 'partNumber=2')
    expect([second.status, second.code]).toEqual([416, 'InvalidPartNumber'])
    expect((await store.get('read', {}, 'partNumber=0')).status).toBe(400)
    const both = await store.get('read', { range: 'bytes=0-1' }, 'partNumber=1')
    expect([both.status, both.code]).toEqual([400, 'InvalidRequest'])
  })
})

describeContract('conditional writes', (store) => {
  test('If-None-Match: * stores a new object and refuses an existing one', async () => {
    expect((await store.put('new', 'one', { 'if-none-match': '*' })).status).toBe(200)
    const refused = await store.put('new', 'two', { 'if-none-match': '*' })
    expect([refused.status, refused.code, element(refused, 'Code')]).toEqual([
      412,
      'PreconditionFailed',
      'PreconditionFailed',
    ])
    expect((await store.get('new')).body.toString()).toBe('one')
  })

  test('If-Match replaces only the named version', async () => {
    const { headers } = await store.put('swap', 'one')
    expect((await store.put('swap', 'x', { 'if-match': '"abc"' })).status).toBe(412)
    expect((await store.put('swap', 'two', { 'if-match': headers.etag! })).status).toBe(200)
    expect((await store.put('swap', 'three', { 'if-match': headers.etag! })).status).toBe(412)
    const missing = await store.put('swap-missing', 'x', { 'if-match': '"abc"' })
    expect([missing.status, missing.code]).toEqual([404, 'NoSuchKey'])
  })
})

describeContract('answers that nothing has changed', (store) => {
  test('a 304 has no body but an ETag', async () => {
    await store.put('unchanged', BODY)
    const got = await store.get('unchanged', { 'if-none-match': ETAG })
    expect([got.status, got.body.length, got.headers.etag]).toEqual([304, 0, ETAG])
  })
})
