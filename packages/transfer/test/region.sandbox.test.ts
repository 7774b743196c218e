import { startSandbox } from '@lagoon/s3-sandbox'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, expect, it, onTestFinished } from 'vitest'
import { controlRequest } from '../src/s3/control-request.js'
import { Endpoint } from '../src/s3/endpoint.js'
import { createInspector, createSimpleRunner, createStore } from '../src/index.js'
import { resolveEndpoint } from '../src/options/resolve-endpoint.js'
import { bodyOf } from './support/objects.js'
import { sandboxOptions, sandboxPair } from './support/sandbox-pair.js'
import { testCopier } from './support/test-copier.js'

const runner = createSimpleRunner({ maxAttempts: 2, baseDelayMs: 0 })

async function abroad(bucket: string) {
  const sandbox = await startSandbox({ buckets: [bucket], region: 'eu-west-1' })
  onTestFinished(() => sandbox.close())
  return { sandbox, options: { ...sandboxOptions(sandbox, bucket), region: 'us-east-1' } }
}

describe('a bucket in another region than configured', () => {
  it('is copied from and to once the store has named its region', async () => {
    const from = await abroad('from')
    const to = await abroad('to')
    await from.sandbox.store.put('from', 'k', bodyOf(1000))
    const copier = testCopier({ source: from.options, destination: to.options })
    const patient = createSimpleRunner({ maxAttempts: 3, baseDelayMs: 0 })
    expect(await copier.copy({ key: 'k' }, patient)).toMatchObject({ ok: true, attempts: 3 })
    await from.sandbox.store.put('from', 'l', bodyOf(1000))
    expect(await copier.copy({ key: 'l' }, patient)).toMatchObject({ ok: true, attempts: 1 })
  })

  it('is learned from a HEAD, whose response has no body', async () => {
    const from = await abroad('from')
    const to = await abroad('to')
    await from.sandbox.store.put('from', 'k', bodyOf(1000))
    const copier = testCopier({ source: from.options, destination: to.options, overwrite: 'if-missing' })
    expect(await copier.copy({ key: 'k' }, runner)).toMatchObject({ ok: true, bytes: 1000 })
    const inspector = createInspector({ source: from.options, destination: to.options })
    onTestFinished(() => inspector.close())
    const again = createSimpleRunner({ maxAttempts: 2, baseDelayMs: 0 })
    expect(await again.run(() => inspector.head('source', { key: 'k' }))).toMatchObject({
      ok: true,
      attempts: 2,
    })
  })

  it('is probed and read in its own region', async () => {
    const { sandbox, options } = await abroad('from')
    await sandbox.store.put('from', 'k', 'abc')
    const store = createStore(options)
    onTestFinished(() => store.close())
    await store.probe()
    expect(Buffer.from(await store.read({ key: 'k', start: 0, end: 3 })).toString()).toBe('abc')
  })

  it('is a failure if the store names one region after another', async () => {
    const { source, copier: make } = await sandboxPair()
    await source.store.put('from', 'k', 'x')
    for (const [index, region] of ['eu-west-1', 'us-west-2'].entries())
      source.faults.add({ operation: 'GetObject', nth: index + 1, action: { type: 'redirect', region } })
    expect(
      await make().copy({ key: 'k' }, createSimpleRunner({ maxAttempts: 9, baseDelayMs: 0 })),
    ).toMatchObject({
      ok: false,
      attempts: 2,
      failure: { code: 'PermanentRedirect', class: 'permanent' },
    })
  })

  it('fails the whole run if the store keeps redirecting', async () => {
    const { source, copier: make } = await sandboxPair()
    await source.store.put('from', 'k', 'x')
    source.faults.add({ operation: 'GetObject', action: { type: 'redirect', region: 'us-east-1' } })
    expect(await make().copy({ key: 'k' }, runner)).toMatchObject({
      ok: false,
      failure: { code: 'PermanentRedirect' },
    })
  })
})

describe('a request that waits while the region of its bucket is learned', () => {
  it('goes to the host that it was signed for, and later ones to the new host', async () => {
    const tunnels: string[] = []
    const proxy = createServer()
    proxy.on('connect', (request, socket) => {
      tunnels.push(request.url!)
      socket.end('HTTP/1.1 502 Bad Gateway\r\n\r\n')
    })
    proxy.listen(0, '127.0.0.1')
    await once(proxy, 'listening')
    onTestFinished(() => void proxy.close())
    const endpoint = new Endpoint(
      resolveEndpoint({
        region: 'us-east-1',
        bucket: 'lake',
        credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
        proxy: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`,
        maxRequestsPerSecond: 20,
      }),
      'source',
      8,
    )
    onTestFinished(() => endpoint.close())
    const ask = () =>
      controlRequest(endpoint, { method: 'GET', path: '/', query: '', headers: [] }, 'ask', undefined)
    // A tenth of a second's worth goes at once, the third one waits.
    const asked = [ask(), ask(), ask()]
    await Promise.resolve()
    endpoint.redirectToRegion('eu-west-1')
    await Promise.all(asked)
    const former = 'lake.s3.us-east-1.amazonaws.com:443'
    expect(tunnels).toEqual([former, former, former])
    await ask()
    expect(tunnels.at(-1)).toBe('lake.s3.eu-west-1.amazonaws.com:443')
  })
})
