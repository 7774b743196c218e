import { createHash } from 'node:crypto'
import { connect } from 'node:net'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { startSandbox, type FaultAction, type FaultRule, type Sandbox } from '../src/index.js'
import { ask, type Reply } from './ask.js'

let sandbox: Sandbox

beforeEach(async () => {
  sandbox = await startSandbox({ credentials: null, buckets: ['b'], limits: { minPartSizeBytes: 0 } })
  await sandbox.store.put('b', 'k', 'hello world')
})
afterEach(() => sandbox.close())

const fault = (action: FaultAction, rule: Omit<FaultRule, 'action'> = {}) =>
  sandbox.faults.add({ ...rule, action })
const get = (target: string, headers = {}) => ask(sandbox, { target: `/b${target}`, headers })
const put = (target: string, body = '', headers = {}) =>
  ask(sandbox, { method: 'PUT', target: `/b${target}`, body, headers })
const text = (reply: Reply): string => reply.body.toString()
const md5 = (bytes: string | Buffer): string => createHash('md5').update(bytes).digest('hex')
const etagOfParts = (...parts: string[]): string =>
  `${md5(Buffer.concat(parts.map((part) => Buffer.from(md5(part), 'hex'))))}-${parts.length}`

async function upload(parts: readonly string[]): Promise<Reply> {
  const begun = text(await ask(sandbox, { method: 'POST', target: '/b/big?uploads' }))
  const target = `/b/big?uploadId=${/<UploadId>([^<]+)/.exec(begun)![1]!}`
  let listed = ''
  for (const [index, part] of parts.entries()) {
    const { headers } = await ask(sandbox, {
      method: 'PUT',
      target: `${target}&partNumber=${index + 1}`,
      body: part,
    })
    listed += `<Part><PartNumber>${index + 1}</PartNumber><ETag>${headers.etag}</ETag></Part>`
  }
  const body = `<CompleteMultipartUpload>${listed}</CompleteMultipartUpload>`
  return ask(sandbox, { method: 'POST', target, body })
}

describe('a response instead of the operation', () => {
  test('may depend on the request: a new code for each key, a header repeated', async () => {
    fault({
      type: 'error',
      status: 400,
      code: ({ key }) => `Refused-${key}`,
      message: ({ headers }) => `headers: ${JSON.stringify(headers)}`,
    })
    const reply = await get('/k', { 'x-amz-security-token': 'secret' })
    expect([reply.status, reply.code]).toEqual([400, 'Refused-k'])
    expect(text(reply)).toContain('secret')
    expect(sandbox.requests.records.at(-1)!.code).toBe('Refused-k')
  })

  test('may be sent although the operation took effect', async () => {
    fault({ type: 'html', applied: true })
    expect((await put('/new', 'x')).status).toBe(502)
    expect((await sandbox.store.get('b', 'new'))?.bytes.toString()).toBe('x')
  })

  test('may be a page with any status and any header', async () => {
    fault({ type: 'html', status: 200, headers: { ETag: '"page"' } })
    const page = await get('/k')
    expect([page.status, page.headers.etag]).toEqual([200, '"page"'])
    expect(text(page)).toContain('<h1>200 OK</h1>')
  })

  test('may begin after a number of requests, as when a token expires', async () => {
    fault({ type: 'error', code: 'ExpiredToken' }, { after: 2 })
    const codes = [await get('/k'), await get('/k'), await get('/k'), await get('/k')].map(({ code }) => code)
    expect(codes).toEqual([null, null, 'ExpiredToken', 'ExpiredToken'])
  })
})

describe('a contradictory response', () => {
  test('may have another ETag than the object, or none', async () => {
    const wrong = fault({ type: 'etag', value: 'other' })
    expect((await put('/a', 'a')).headers.etag).toBe('"other"')
    expect(text(await put('/c', '', { 'x-amz-copy-source': '/b/k' }))).toContain('<ETag>&quot;other&quot;')
    wrong.remove()
    expect((await get('/a')).headers.etag).toBe(`"${md5('a')}"`)
    fault({ type: 'etag', value: null })
    expect((await get('/a')).headers.etag).toBeUndefined()
    expect(text(await put('/c', '', { 'x-amz-copy-source': '/b/k' }))).not.toContain('<ETag>')
  })

  test('may have other headers, or lack some', async () => {
    fault({ type: 'headers', set: { 'X-Amz-Version-Id': 'older', 'last-modified': null } })
    const { headers } = await get('/k')
    expect([headers['x-amz-version-id'], headers['last-modified']]).toEqual(['older', undefined])
  })

  test('may truthfully describe parts that were lost or swapped', async () => {
    const dropped = fault({ type: 'assemble', drop: 2 })
    expect(text(await upload(['one', 'two', 'three']))).toContain(etagOfParts('one', 'three'))
    expect((await sandbox.store.get('b', 'big'))?.bytes.toString()).toBe('onethree')
    dropped.remove()
    fault({ type: 'assemble', swap: [1, 3] })
    expect(text(await upload(['one', 'two', 'three']))).toContain(etagOfParts('three', 'two', 'one'))
    expect((await sandbox.store.get('b', 'big'))?.bytes.toString()).toBe('threetwoone')
  })

  test('may truthfully describe a server-side copy that went wrong', async () => {
    fault({ type: 'flip', atByte: 0, side: 'copy' })
    const reply = await put('/copy', '', { 'x-amz-copy-source': '/b/k' })
    expect(text(reply)).toContain(md5('iello world'))
    expect((await sandbox.store.get('b', 'copy'))?.bytes.toString()).toBe('iello world')
  })

  test('may be of another range, with or without saying so', async () => {
    const range = { range: 'bytes=0-3' }
    const honest = fault({ type: 'other-range', range: 'bytes=4-7' })
    const other = await get('/k', range)
    expect([other.status, other.headers['content-range'], text(other)]).toEqual([206, 'bytes 4-7/11', 'o wo'])
    honest.remove()
    const lying = fault({ type: 'other-range', range: 'bytes=4-7', contentRange: 'asked' })
    const lie = await get('/k', range)
    expect([lie.headers['content-range'], text(lie)]).toEqual(['bytes 0-3/11', 'o wo'])
    lying.remove()
    fault({ type: 'other-range', range: null })
    const whole = await get('/k', range)
    expect([whole.status, text(whole)]).toEqual([200, 'hello world'])
  })

  test('may be the first page of a listing over and over', async () => {
    await sandbox.store.put('b', 'l', 'x')
    fault({ type: 'repeat-page', tokens: 'fresh' })
    const pages = [
      text(await get('?list-type=2')),
      text(await get('?list-type=2&continuation-token=anything')),
    ]
    for (const page of pages) expect(page).toMatch(/<IsTruncated>true.*<Key>k<.*<Key>l</s)
    const [first, second] = pages.map((page) => /<NextContinuationToken>([^<]+)/.exec(page)![1])
    expect(first).not.toBe(second)
  })
})

describe('a slow response', () => {
  test('may send its body slowly without losing any of it', async () => {
    fault({ type: 'drip', everyMs: 0, bytes: 4 })
    const reply = await get('/k')
    expect([reply.headers['content-length'], text(reply)]).toEqual(['11', 'hello world'])
  })

  test('may send its head slowly', async () => {
    fault({ type: 'drip', everyMs: 0, part: 'head', bytes: 16 })
    const reply = await get('/k')
    expect([reply.status, reply.headers.etag, text(reply)]).toEqual([
      200,
      `"${md5('hello world')}"`,
      'hello world',
    ])
    expect(sandbox.requests.records.at(-1)!.end).toBe('answered')
  })

  test('may follow interim responses', async () => {
    fault({ type: 'interim', everyMs: 0, count: 3 })
    expect(text(await get('/k'))).toBe('hello world')
  })

  test.each<[string, FaultAction, RegExp]>([
    ['interim answers', { type: 'interim', everyMs: 0 }, /(?:HTTP\/1.1 102 Processing\r\n\r\n){5}/],
    ['a head', { type: 'drip', part: 'head', endless: true, everyMs: 0, bytes: 64 }, /x-drip-5: drip/],
    ['a body', { type: 'drip', endless: true, everyMs: 0, bytes: 64 }, /hello world.*( \r\n1\r\n){5}/s],
  ])('may be %s without end, until the client goes', async (_what, action, expected) => {
    fault(action)
    const socket = connect(sandbox.port, '127.0.0.1')
    socket.write('GET /b/k HTTP/1.1\r\nHost: localhost\r\n\r\n')
    const ended = sandbox.requests.nextEnd()
    let received = ''
    for await (const chunk of socket) {
      received += String(chunk)
      if (expected.test(received)) break
    }
    socket.destroy()
    await ended
    expect(received).toMatch(expected)
  })
})
