import type { FaultAction } from '@lagoon/s3-sandbox'
import { randomBytes } from 'node:crypto'
import { setImmediate } from 'node:timers/promises'
import { describe, expect, it, onTestFinished } from 'vitest'
import { createStore, type EndpointOptions, type Store } from '../src/index.js'
import { sandboxOptions, sandboxPair } from './support/sandbox-pair.js'

async function opened(options: Partial<EndpointOptions> = {}) {
  const { source: sandbox } = await sandboxPair()
  const open = (more: Partial<EndpointOptions> = {}): Store => {
    const store = createStore({ ...sandboxOptions(sandbox, 'from'), ...options, ...more })
    onTestFinished(() => store.close())
    return store
  }
  return { sandbox, store: open(), open }
}

async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = []
  for await (const item of items) list.push(item)
  return list
}

const says = (body: string, headers = {}): FaultAction => ({ type: 'answer', status: 200, body, headers })

const part = (range: string | undefined, body: string, headers = {}): FaultAction => ({
  type: 'answer',
  status: 206,
  body,
  headers: { etag: '"a"', ...(range === undefined ? {} : { 'content-range': range }), ...headers },
})

describe('a listing', () => {
  it('is read unencoded from a store that does not encode, and only valid dates are used', async () => {
    const { sandbox, store } = await opened()
    const entry = (key: string, date: string) =>
      `<Contents><Key>${key}</Key><LastModified>${date}</LastModified><ETag>"e"</ETag><Size>3</Size></Contents>`
    const page = entry('a+b%20', 'lately') + entry('c&amp;d', '2026-01-01T00:00:00.000Z')
    const action = says(`<ListBucketResult>${page}</ListBucketResult>`)
    sandbox.faults.add({ operation: 'ListObjectsV2', action })
    expect(await all(store.list({ prefix: '' }))).toEqual([
      { key: 'a+b%20', etag: 'e', sizeBytes: 3 },
      { key: 'c&d', etag: 'e', sizeBytes: 3, lastModified: new Date('2026-01-01') },
    ])
  })

  it('keeps a key encoded that is not text', async () => {
    const { sandbox, store } = await opened()
    const page = '<EncodingType>url</EncodingType><Contents><Key>a%FF+b</Key></Contents>'
    sandbox.faults.add({
      operation: 'ListObjectsV2',
      action: says(`<ListBucketResult>${page}</ListBucketResult>`),
    })
    expect(await all(store.list({ prefix: '' }))).toMatchObject([{ key: 'a%FF+b' }])
  })

  it('by concurrent requests returns every object of a large directory once', async () => {
    const { sandbox, store } = await opened()
    const keys = Array.from({ length: 2500 }, (_, index) => `p/${String(index * 7919).padStart(9, '0')}`)
    for (const key of keys) await sandbox.store.put('from', key, '')
    const pages = await all(store.listUnordered({ prefixes: ['p/'], parallel: 4 }))
    const listed = pages.flat().map(({ key }) => key)
    expect(listed.toSorted()).toEqual(keys)
    expect(sandbox.requests.records.some(({ query }) => query.get('max-keys') === '1')).toBe(true)
  })

  it('that is truncated is requested again, and never treated as complete', async () => {
    const { sandbox, store } = await opened()
    await sandbox.store.put('from', 'k', 'x')
    const rule = sandbox.faults.add({ operation: 'ListObjectsV2', times: 1, action: { type: 'garbage-xml' } })
    expect(await all(store.list({ prefix: '' }))).toMatchObject([{ key: 'k' }])
    expect(rule.applied).toBe(1)
  })

  it('that is refused throws the error, and one that is aborted the reason', async () => {
    const { sandbox, store } = await opened()
    sandbox.faults.add({ operation: 'ListObjectsV2', action: { type: 'error', code: 'AccessDenied' } })
    await expect(all(store.list({ prefix: '' }))).rejects.toMatchObject({
      code: 'LAGOON_TRANSFER_ACCESS_DENIED',
    })
    const signal = AbortSignal.abort(new Error('enough'))
    await expect(all(store.list({ prefix: '', signal }))).rejects.toThrow('enough')
  })
})

describe('a request for an object', () => {
  it('returns what the store reports', async () => {
    const { sandbox, store } = await opened()
    const date = 'Thu, 01 Jan 2026 00:00:00 GMT'
    const headers = { 'last-modified': date, 'content-type': 'x/y', 'x-amz-meta-a': 'b', etag: '"e"' }
    sandbox.faults.add({ operation: 'HeadObject', nth: 1, action: says('', headers) })
    sandbox.faults.add({ operation: 'HeadObject', nth: 2, action: says('', { etag: '"f"' }) })
    expect(await store.head({ key: 'k' })).toEqual({
      sizeBytes: 0,
      etag: 'e',
      lastModified: new Date(date),
      contentType: 'x/y',
      metadata: { a: 'b' },
    })
    expect(await store.head({ key: 'k' })).toEqual({ sizeBytes: 0, etag: 'f', metadata: {} })
  })

  it('for no bytes is answered without a request', async () => {
    const { store } = await opened()
    expect(await store.read({ key: 'none', start: 7, end: 7 })).toEqual(new Uint8Array())
    expect(store.requests).toBe(0)
  })

  it('is repeated if its connection breaks', async () => {
    const { sandbox, store } = await opened()
    await sandbox.store.put('from', 'k', 'bytes')
    sandbox.faults.add({ operation: 'GetObject', times: 1, action: { type: 'reset-response', atByte: 2 } })
    const read = await store.read({ key: 'k', start: 0, end: 5 })
    expect(Buffer.from(read).toString()).toBe('bytes')
  })

  it.each<[string, FaultAction, string]>([
    ['another range', part('bytes 3-5/10', 'cde'), 'LAGOON_TRANSFER_WRONG_RANGE'],
    ['a range of another length', part('bytes 2-5/10', 'cde'), 'LAGOON_TRANSFER_WRONG_RANGE'],
    ['no range', part(undefined, 'cde'), 'LAGOON_TRANSFER_WRONG_RANGE'],
    ['the whole object', says('abcdefghij'), 'LAGOON_TRANSFER_WRONG_RANGE'],
    ['fewer bytes', part('bytes 2-3/4', 'cd'), 'LAGOON_TRANSFER_SHORT_READ'],
    ['another ETag', part('bytes 2-4/10', 'cde', { etag: '"b"' }), 'LAGOON_TRANSFER_OBJECT_CHANGED'],
  ])('for a range that is answered with %s is an error', async (_, action, code) => {
    const { sandbox, open } = await opened()
    const store = open()
    sandbox.faults.add({ operation: 'GetObject', action })
    await expect(store.read({ key: 'k', start: 2, end: 5, etag: 'a' })).rejects.toMatchObject({ code })
  })

  it('for a range accepts an ETag in capitals, and a whole object that is the range', async () => {
    const { sandbox, store } = await opened()
    const action = says('abc', { etag: '"900150983CD24FB0D6963F7D28E17F72"' })
    sandbox.faults.add({ operation: 'GetObject', action })
    const etag = '900150983cd24fb0d6963f7d28e17f72'
    expect(Buffer.from(await store.read({ key: 'k', start: 0, end: 3, etag })).toString()).toBe('abc')
  })

  it('removes the named version', async () => {
    const { sandbox, store } = await opened()
    await sandbox.store.put('from', 'k', 'x')
    await store.deleteObject({ key: 'k', versionId: 'null' })
    expect(sandbox.requests.records.at(-1)!.query.get('versionId')).toBe('null')
    expect(await sandbox.store.get('from', 'k')).toBeNull()
  })

  it.each(['before it is sent', 'while it waits'])('that is aborted %s throws the reason', async (when) => {
    const { sandbox, store } = await opened()
    await sandbox.store.put('from', 'k', 'x')
    const stop = new AbortController()
    const hold = sandbox.hold({ operation: ['GetObject', 'HeadObject', 'ListObjectsV2'] })
    const enough = new Error('enough')
    if (when === 'before it is sent') stop.abort(enough)
    const { signal } = stop
    const asked = [
      store.read({ key: 'k', start: 0, end: 1, signal }),
      store.head({ key: 'k', signal }),
      store.probe({ signal }),
    ].map((answer) => answer.catch((error: unknown) => error))
    if (when === 'while it waits') await hold.arrived(3)
    stop.abort(enough)
    expect(await Promise.all(asked)).toEqual([enough, enough, enough])
    hold.release()
  })

  it('that waits for a request cap is not sent after an abort', async () => {
    const { sandbox, store } = await opened({ maxRequestsPerSecond: 20 })
    await sandbox.store.put('from', 'k', 'x')
    const stop = new AbortController()
    // A tenth of a second's worth goes at once, the third one waits.
    await Promise.all([store.head({ key: 'k' }), store.head({ key: 'k' })])
    const third = store.head({ key: 'k', signal: stop.signal })
    await setImmediate()
    stop.abort(new Error('enough'))
    await expect(third).rejects.toThrow('enough')
    await store.head({ key: 'k' })
    expect(sandbox.requests.byOperation['HeadObject']).toBe(3)
  })

  it('with a customer key that the object does not have is retried without, and fails as before', async () => {
    const { sandbox, open } = await opened()
    await sandbox.store.put('from', 'k', 'x')
    const store = open({ sseCustomerKey: randomBytes(32).toString('base64') })
    await store.deleteObject({ key: 'none' })
    expect(sandbox.requests.records.at(-1)!.headers).not.toHaveProperty(
      'x-amz-server-side-encryption-customer-key',
    )
    expect(await store.head({ key: 'k' })).toMatchObject({ sizeBytes: 1 })
    const withKey = () => sandbox.requests.records.at(-1)!.headers
    expect(withKey()).not.toHaveProperty('x-amz-server-side-encryption-customer-key')
    sandbox.faults.add({ operation: 'HeadObject', action: { type: 'answer', status: 400 } })
    await expect(store.head({ key: 'k' })).rejects.toMatchObject({ message: expect.stringContaining('400') })
  })
})

describe('probing a bucket', () => {
  it.each([
    ['is in a region without saying which', { type: 'answer', status: 301 }, 'WRONG_REGION'],
    ['answers with a page', { type: 'html', status: 200 }, 'NOT_S3'],
    ['is out of order', { type: 'answer', status: 500 }, 'REQUEST_FAILED'],
    [
      'redirects to another address',
      { type: 'answer', status: 308, headers: { location: 'https://s3.example.com/' } },
      'NOT_S3',
    ],
  ] as const)('that %s says so', async (_, action, code) => {
    const { sandbox, store } = await opened()
    sandbox.faults.add({ operation: 'ListObjectsV2', action })
    await expect(store.probe()).rejects.toMatchObject({ code: `LAGOON_TRANSFER_${code}` })
  })

  it.each<[string, FaultAction]>([
    ['is busy', { type: 'error', code: 'SlowDown', status: 503 }],
    ['is out of order', { type: 'html', status: 502 }],
    ['has an ingress without a backend', { type: 'html', status: 404 }],
    ['hangs up', { type: 'reset-response' }],
  ])('that %s for a moment is tried again', async (_, action) => {
    const { sandbox, store } = await opened()
    sandbox.faults.add({ operation: 'ListObjectsV2', times: 2, action })
    await store.probe()
    expect(sandbox.requests.total).toBe(3)
  })
})
