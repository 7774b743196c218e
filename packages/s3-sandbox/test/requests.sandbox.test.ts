import { afterEach, beforeEach, expect, test } from 'vitest'
import { startSandbox, type RequestRecord, type Sandbox } from '../src/index.js'
import { ask } from './ask.js'

let sandbox: Sandbox
const seen: RequestRecord[] = []

beforeEach(async () => {
  seen.length = 0
  sandbox = await startSandbox({
    credentials: null,
    buckets: ['b'],
    logSize: 4,
    onRequest: (request) => void seen.push(request),
  })
  await sandbox.store.put('b', 'k', 'hello')
})
afterEach(() => sandbox.close())

test('every request is counted by operation and status; access without HTTP is not', async () => {
  await ask(sandbox, { target: '/b/k' })
  await ask(sandbox, { target: '/b/none' })
  await ask(sandbox, { method: 'PUT', target: '/b/new', body: 'x' })
  await ask(sandbox, { method: 'PATCH', target: '/b/new', body: 'x' })
  expect(sandbox.requests.byOperation).toEqual({ GetObject: 2, PutObject: 1, Unknown: 1 })
  expect(sandbox.requests.byStatus).toEqual({ 200: 2, 404: 1, 405: 1 })
  expect([sandbox.requests.total, sandbox.requests.inFlight, sandbox.requests.peakInFlight]).toEqual([
    4, 0, 1,
  ])
  expect([sandbox.requests.bytesReceived, sandbox.requests.bytesSent > 5]).toEqual([1, true])
})

test('a record shows the request and how it ended', async () => {
  await ask(sandbox, { target: '/b/none?versionId=null', headers: { 'x-mine': 'yes' } })
  expect(seen).toHaveLength(1)
  expect(seen[0]).toMatchObject({
    operation: 'GetObject',
    bucket: 'b',
    key: 'none',
    status: 404,
    code: 'NoSuchVersion',
    end: 'answered',
  })
  expect([seen[0]!.headers['x-mine'], seen[0]!.query.get('versionId')]).toEqual(['yes', 'null'])
  expect(seen[0]!.durationMs).toBeGreaterThanOrEqual(0)
})

test('the log keeps the newest records, and counters keep counting', async () => {
  for (let at = 0; at < 20; at += 1) await ask(sandbox, { target: `/b/k${at}` })
  const { records, total } = sandbox.requests
  expect(records.length).toBeLessThan(8)
  expect([records.at(-1)?.key, total]).toEqual(['k19', 20])
  expect(sandbox.requests.count({ keyPattern: /k1[89]/ })).toBe(2)
  sandbox.requests.clear()
  expect([sandbox.requests.total, sandbox.requests.records, sandbox.requests.byOperation]).toEqual([
    0,
    [],
    {},
  ])
})

test('a held request waits until it is released, in order of arrival', async () => {
  const hold = sandbox.hold({ operation: 'GetObject', key: 'k' })
  const replies = [ask(sandbox, { target: '/b/k' }), ask(sandbox, { target: '/b/k' })]
  const arrived = await hold.arrived(2)
  expect(arrived.map(({ key }) => key)).toEqual(['k', 'k'])
  expect((await ask(sandbox, { target: '/b/none' })).status).toBe(404)
  expect([hold.waiting.length, sandbox.requests.inFlight]).toEqual([2, 2])
  const ended = sandbox.requests.nextEnd({ key: 'k' })
  hold.releaseOne()
  expect((await ended).sequence).toBe(arrived[0]!.sequence)
  expect(hold.waiting).toHaveLength(1)
  hold.release()
  expect((await Promise.all(replies)).map(({ status }) => status)).toEqual([200, 200])
  expect((await ask(sandbox, { target: '/b/k' })).status).toBe(200)
})

test('a held request sees what happens while it is held', async () => {
  const hold = sandbox.hold({ key: 'k' })
  const reply = ask(sandbox, { target: '/b/k' })
  await hold.arrived()
  sandbox.store.delete('b', 'k')
  hold.release()
  expect((await reply).code).toBe('NoSuchKey')
})

test('onRequest may hold a request with a promise', async () => {
  const gate = Promise.withResolvers<void>()
  await using gated = await startSandbox({ credentials: null, buckets: ['b'], onRequest: () => gate.promise })
  const arrived = gated.requests.next({ operation: 'ListObjectsV2' })
  const reply = ask(gated, { target: '/b?list-type=2' })
  expect((await arrived).status).toBeNull()
  gate.resolve()
  expect((await reply).status).toBe(200)
})

test('closing ends requests in progress', async () => {
  const closing = await startSandbox({ credentials: null, buckets: ['b'] })
  const hold = closing.hold()
  const reply = ask(closing, { target: '/b/k' }).catch((error: NodeJS.ErrnoException) => error.code)
  await hold.arrived()
  await closing.close()
  expect(await reply).toBe('ECONNRESET')
})
