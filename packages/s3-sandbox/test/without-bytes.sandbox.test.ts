import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { startSandbox } from '../src/index.js'
import { ask } from './ask.js'

const MiB = 1024 * 1024

test('a store that keeps no bytes still returns their digest and their number', async () => {
  await using sandbox = await startSandbox({ credentials: null, keepBytes: false, buckets: ['b'] })
  const written = await ask(sandbox, { method: 'PUT', target: '/b/k', body: 'hello' })
  expect(written.headers['etag']).toBe('"5d41402abc4b2a76b9719d911017c592"')
  const read = await ask(sandbox, { method: 'GET', target: '/b/k' })
  expect(read.headers['etag']).toBe(written.headers['etag'])
  expect(read.body).toEqual(Buffer.alloc(5))
})

test('bytes can only be discarded in memory', async () => {
  await expect(startSandbox({ keepBytes: false, directory: '/nowhere' })).rejects.toMatchObject({
    code: 'LAGOON_SANDBOX_OPTION_INVALID',
  })
})

test.each([0, 1, 32 * 1024, 3 * MiB + 5])(
  'a generated object of %i bytes is always the same, and its ETag is its MD5',
  async (sizeBytes) => {
    await using sandbox = await startSandbox({
      credentials: null,
      buckets: ['b'],
      madeUp: (bucket, key) => (bucket === 'b' && key.startsWith('made/') ? sizeBytes : null),
    })
    const first = await ask(sandbox, { method: 'GET', target: '/b/made/k' })
    expect(first.body.length).toBe(sizeBytes)
    expect(first.headers['etag']).toBe(`"${createHash('md5').update(first.body).digest('hex')}"`)
    const second = await ask(sandbox, { method: 'GET', target: '/b/made/k' })
    expect(second.body.equals(first.body)).toBe(true)
    expect((await ask(sandbox, { method: 'GET', target: '/b/else' })).status).toBe(404)
  },
)

test('generated objects of other keys have other bytes, and a range is part of the whole', async () => {
  await using sandbox = await startSandbox({ credentials: null, buckets: ['b'], madeUp: () => 2 * MiB })
  const one = await ask(sandbox, { method: 'GET', target: '/b/1' })
  const two = await ask(sandbox, { method: 'GET', target: '/b/2' })
  expect(one.body.equals(two.body)).toBe(false)
  const part = await ask(sandbox, {
    method: 'GET',
    target: '/b/1',
    headers: { range: `bytes=${MiB - 3}-${MiB + 3}` },
  })
  expect(part.body.equals(one.body.subarray(MiB - 3, MiB + 4))).toBe(true)
})

test('a written object replaces a generated one', async () => {
  await using sandbox = await startSandbox({ credentials: null, buckets: ['b'], madeUp: () => 3 })
  await ask(sandbox, { method: 'PUT', target: '/b/k', body: 'written' })
  expect((await ask(sandbox, { method: 'GET', target: '/b/k' })).body.toString()).toBe('written')
})
