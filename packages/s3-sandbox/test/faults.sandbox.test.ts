import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { startSandbox, type FaultAction, type FaultRule, type Sandbox } from '../src/index.js'
import { ask, rejection } from './ask.js'

const BODY = 'hello world'

let sandbox: Sandbox

beforeEach(async () => {
  sandbox = await startSandbox({ credentials: null, buckets: ['b'] })
  await sandbox.store.put('b', 'k', BODY)
})
afterEach(() => sandbox.close())

const get = (key = 'k') => ask(sandbox, { target: `/b/${key}` })
const put = (key: string, body = BODY, headers: Record<string, string> = {}) =>
  ask(sandbox, { method: 'PUT', target: `/b/${key}`, body, headers })
const fault = (action: FaultAction, rule: Omit<FaultRule, 'action'> = {}) =>
  sandbox.faults.add({ ...rule, action })

describe('instead of the operation', () => {
  test('an error has the status, wording and headers of S3', async () => {
    fault({ type: 'error', code: 'SlowDown', retryAfterSeconds: 2 })
    const reply = await get()
    expect([reply.status, reply.code, reply.headers['retry-after']]).toEqual([503, 'SlowDown', '2'])
    expect(reply.body.toString()).toContain('<Message>Please reduce your request rate.</Message>')
  })

  test('an error with an unknown code is a 500 unless a status is given', async () => {
    fault({ type: 'error', code: 'Strange' }, { times: 1 })
    fault({ type: 'error', code: 'RequestLimitExceeded', status: 429 })
    expect((await get()).status).toBe(500)
    expect((await get()).status).toBe(429)
  })

  test('a refused PUT stores nothing', async () => {
    fault({ type: 'error', code: 'InternalError' }, { operation: 'PutObject' })
    expect((await put('new')).status).toBe(500)
    expect(await sandbox.store.get('b', 'new')).toBeNull()
  })

  test('a proxy answers in HTML, and XML may be truncated', async () => {
    const html = fault({ type: 'html' })
    const page = await get()
    expect([page.status, page.headers['content-type']]).toEqual([502, 'text/html'])
    html.remove()
    fault({ type: 'garbage-xml' })
    const garbage = await get()
    expect([garbage.status, garbage.headers['content-type'], garbage.code]).toEqual([
      200,
      'application/xml',
      null,
    ])
  })

  test('a redirect names the region of the bucket', async () => {
    fault({ type: 'redirect', region: 'eu-west-1' })
    const reply = await get()
    expect([reply.status, reply.code, reply.headers['x-amz-bucket-region']]).toEqual([
      301,
      'PermanentRedirect',
      'eu-west-1',
    ])
    expect(reply.body.toString()).toContain('<Endpoint>s3.eu-west-1.amazonaws.com</Endpoint>')
  })

  test('any other response can be given', async () => {
    fault({ type: 'answer', status: 418, headers: { 'x-tea': 'pot' }, body: 'short and stout' })
    const reply = await get()
    expect([reply.status, reply.headers['x-tea'], reply.body.toString()]).toEqual([
      418,
      'pot',
      'short and stout',
    ])
  })

  test('200 with an error in the body happens with or without the effect', async () => {
    const copy = (key: string) =>
      ask(sandbox, { method: 'PUT', target: `/b/${key}`, headers: { 'x-amz-copy-source': '/b/k' } })
    const without = fault({ type: 'error-in-body' })
    const first = await copy('one')
    expect([first.status, first.code]).toEqual([200, 'InternalError'])
    expect(await sandbox.store.get('b', 'one')).toBeNull()
    without.remove()
    fault({ type: 'error-in-body', code: 'SlowDown', applied: true })
    const second = await copy('two')
    expect([second.status, second.code]).toEqual([200, 'SlowDown'])
    expect((await sandbox.store.get('b', 'two'))?.bytes.toString()).toBe(BODY)
  })
})

describe('the response', () => {
  test('can be reset before its headers, after the operation took effect', async () => {
    fault({ type: 'reset-response' })
    expect(await rejection(put('landed'))).toBe('ECONNRESET')
    expect((await sandbox.store.get('b', 'landed'))?.bytes.toString()).toBe(BODY)
    expect(sandbox.requests.matching({ key: 'landed' })[0]).toMatchObject({
      end: 'cut',
      faults: ['reset-response'],
    })
  })

  test.each([0, 1, 5, 10])('can be reset after %i bytes of its body', async (atByte) => {
    fault({ type: 'reset-response', atByte })
    const outcome = await get().then(
      (reply) => [reply.cut, reply.body.toString()],
      (error: NodeJS.ErrnoException) => [error.code, ''],
    )
    expect(outcome[0]).toBe('ECONNRESET')
    expect(BODY.slice(0, atByte)).toContain(outcome[1])
  })

  test('can end early although its headers promised more', async () => {
    fault({ type: 'truncate', atByte: 4 })
    const reply = await get()
    expect([reply.status, reply.headers['content-length'], reply.body.toString()]).toEqual([
      200,
      '11',
      'hell',
    ])
    expect(reply.cut).not.toBeNull()
  })

  test('can end early with matching headers, so that only the ETag tells', async () => {
    fault({ type: 'truncate', atByte: 4, contentLength: 'shortened' })
    const reply = await get()
    expect([reply.status, reply.headers['content-length'], reply.body.toString(), reply.cut]).toEqual([
      200,
      '4',
      'hell',
      null,
    ])
    expect(reply.headers.etag).toBe(`"${(await sandbox.store.get('b', 'k'))!.etag}"`)
  })

  test('can have one byte flipped while the stored object stays intact', async () => {
    fault({ type: 'flip', atByte: 4, mask: 0xff }, { times: 1 })
    const expected = Buffer.from(BODY)
    expected[4]! ^= 0xff
    expect((await get()).body.equals(expected)).toBe(true)
    expect((await get()).body.toString()).toBe(BODY)
  })

  test('can stall before its headers, and in its body, until the rule is removed', async () => {
    for (const atByte of ['headers', 4] as const) {
      const stall = fault({ type: 'stall', atByte })
      const arrived = sandbox.requests.next()
      const reply = get()
      await arrived
      expect(sandbox.requests.inFlight).toBe(1)
      stall.remove()
      expect((await reply).body.toString()).toBe(BODY)
    }
  })

  test('a stalled client that disconnects is released', async () => {
    fault({ type: 'stall', atByte: 4 })
    const ended = sandbox.requests.nextEnd()
    const controller = new AbortController()
    const { request } = await import('node:http')
    const client = request(
      { port: sandbox.port, path: '/b/k', signal: controller.signal, agent: false },
      (response) => {
        response.once('data', () => controller.abort())
        response.on('error', () => {})
      },
    )
    client.on('error', () => {})
    client.end()
    expect(await ended).toMatchObject({ end: 'aborted', bytesSent: 4 })
  })

  test('two faults of one response both happen', async () => {
    fault({ type: 'flip', atByte: 0, mask: 0x20 })
    fault({ type: 'truncate', atByte: 5, contentLength: 'shortened' })
    expect((await get()).body.toString()).toBe('Hello')
  })
})

describe('the request', () => {
  test.each([0, 5, 10, 11])(
    'can be reset after %i bytes were read, and nothing is stored',
    async (atByte) => {
      fault({ type: 'reset-request', atByte })
      expect(await rejection(put('reset'))).toMatch(/ECONNRESET|EPIPE/)
      expect(await sandbox.store.get('b', 'reset')).toBeNull()
    },
  )

  test('can have one byte flipped in transit: only Content-MD5 detects it', async () => {
    const { createHash } = await import('node:crypto')
    fault({ type: 'flip', atByte: 0, mask: 0x20, side: 'request' })
    const md5 = createHash('md5').update(BODY).digest('base64')
    expect((await put('checked', BODY, { 'content-md5': md5 })).code).toBe('BadDigest')
    expect((await put('unchecked')).status).toBe(200)
    expect((await sandbox.store.get('b', 'unchecked'))?.bytes.toString()).toBe('Hello world')
  })

  test('can stall while it is read', async () => {
    const stall = fault({ type: 'stall', atByte: 3, side: 'request' })
    const arrived = sandbox.requests.next()
    const reply = put('slow')
    await arrived
    stall.remove()
    expect((await reply).status).toBe(200)
    expect((await sandbox.store.get('b', 'slow'))?.bytes.toString()).toBe(BODY)
  })
})

describe('which requests a rule applies to', () => {
  const statuses = async (keys: readonly string[]): Promise<number[]> => {
    const found: number[] = []
    for (const key of keys) found.push((await get(key)).status)
    return found
  }
  const slow: FaultAction = { type: 'error', code: 'SlowDown' }

  test('the nth matching request', async () => {
    fault(slow, { nth: [2, 4] })
    expect(await statuses(['k', 'k', 'k', 'k', 'k'])).toEqual([200, 503, 200, 503, 200])
  })

  test('a limited number of times', async () => {
    const rule = fault(slow, { times: 2 })
    expect(await statuses(['k', 'k', 'k'])).toEqual([503, 503, 200])
    expect([rule.matched, rule.applied]).toEqual([3, 2])
  })

  test('by key, prefix, pattern, bucket, operation or anything else', async () => {
    for (const key of ['x/1', 'x/2', 'y']) await sandbox.store.put('b', key, BODY)
    const keys = ['x/1', 'x/2', 'y']
    const tried = async (rule: Omit<FaultRule, 'action'>): Promise<number[]> => {
      const added = fault(slow, rule)
      const found = await statuses(keys)
      added.remove()
      return found
    }
    expect(await tried({ key: 'y' })).toEqual([200, 200, 503])
    expect(await tried({ keyPrefix: 'x/' })).toEqual([503, 503, 200])
    expect(await tried({ keyPattern: /2$/g })).toEqual([200, 503, 200])
    expect(await tried({ bucket: 'other' })).toEqual([200, 200, 200])
    expect(await tried({ operation: ['PutObject', 'GetObject'] })).toEqual([503, 503, 503])
    expect(await tried({ operation: 'HeadObject' })).toEqual([200, 200, 200])
    expect(await tried({ where: (request) => request.key === 'x/2' })).toEqual([200, 503, 200])
  })

  test('with a probability that the seed makes repeatable', async () => {
    const outcomes = async (seed: number): Promise<number[]> => {
      await using seeded = await startSandbox({
        credentials: null,
        buckets: ['b'],
        seed,
        faults: [{ probability: 0.5, action: slow }],
      })
      await seeded.store.put('b', 'k', BODY)
      const found: number[] = []
      for (let at = 0; at < 30; at += 1) found.push((await ask(seeded, { target: '/b/k' })).status)
      return found
    }
    const [first, again, other] = [await outcomes(1), await outcomes(1), await outcomes(2)]
    expect(first).toEqual(again)
    expect(first).not.toEqual(other)
    expect(new Set(first)).toEqual(new Set([200, 503]))
  })

  test.each<[string, object]>([
    ['nth', { nth: 0, action: slow }],
    ['times', { times: -1, action: slow }],
    ['probability', { probability: 2, action: slow }],
    ['atByte', { action: { type: 'flip', atByte: -1 } }],
    ['atByte', { action: { type: 'truncate' } }],
    ['bytes', { action: { type: 'flip', bytes: 1 } }],
    ['type', { action: { type: 'flop' } }],
    ['status', { action: { type: 'html', status: 99 } }],
    ['swap', { action: { type: 'assemble', swap: [1] } }],
    ['action', {}],
    ['after', { after: -1, action: slow }],
    ['operation', { operation: 'GetObjects', action: slow }],
    ['keyPattern', { keyPattern: 'k', action: slow }],
    ['method', { method: 'GET', action: slow }],
  ])('a rule with an impossible %s is refused', (option, rule) => {
    expect(() => sandbox.faults.add(rule as FaultRule)).toThrow(
      expect.objectContaining({
        code: 'LAGOON_SANDBOX_OPTION_INVALID',
        message: expect.stringContaining(option),
      }),
    )
  })

  test('clear removes all rules', async () => {
    fault(slow)
    fault({ type: 'html' })
    sandbox.faults.clear()
    expect(await statuses(['k'])).toEqual([200])
  })
})
