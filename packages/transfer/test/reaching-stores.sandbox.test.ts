import { startSandbox, type SandboxOptions } from '@lagoon/s3-sandbox'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer as createHttpServer } from 'node:http'
import { connect, type AddressInfo, type Server } from 'node:net'
import { createServer as createTlsServer } from 'node:tls'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { createSimpleRunner, createStore, type EndpointOptions } from '../src/index.js'
import { bodyOf } from './support/objects.js'
import { sandboxOptions } from './support/sandbox-pair.js'
import { testCopier } from './support/test-copier.js'

const runner = createSimpleRunner({ maxAttempts: 1 })
const cert = readFileSync(new URL('fixtures/localhost.cert.pem', import.meta.url), 'utf8')
const key = readFileSync(new URL('fixtures/localhost.key.pem', import.meta.url), 'utf8')

async function sandbox(options: SandboxOptions = {}) {
  const started = await startSandbox({ buckets: ['from', 'to'], ...options })
  onTestFinished(() => started.close())
  return started
}

async function listening(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => void server.close())
  return (server.address() as AddressInfo).port
}

async function copies(source: EndpointOptions, destination: EndpointOptions): Promise<unknown> {
  return testCopier({ source, destination, serverSideCopy: 'never' }).copy({ key: 'a b/ü' }, runner)
}

async function probeCode(options: EndpointOptions): Promise<unknown> {
  const store = createStore(options)
  onTestFinished(() => store.close())
  return store.probe().then(
    () => 'reached',
    (error) => error.code,
  )
}

/** A proxy whose tunnels all end at one port of this machine, whatever they were asked for. */
async function tunnelTo(port: number): Promise<{ proxyUrl: string; tunnels: string[] }> {
  const tunnels: string[] = []
  const proxy = createHttpServer()
  proxy.on('connect', (request, socket) => {
    tunnels.push(request.url!)
    const upstream = connect(port, '127.0.0.1')
    socket.write('HTTP/1.1 200 Connection established\r\n\r\n')
    socket.pipe(upstream).pipe(socket)
    socket.on('error', () => upstream.destroy())
    upstream.on('error', () => socket.destroy())
  })
  return { proxyUrl: `http://127.0.0.1:${await listening(proxy)}`, tunnels }
}

describe('a store', () => {
  it('is reached with the bucket in the host name', async () => {
    const store = await sandbox({ domain: 'store.invalid' })
    await store.store.put('from', 'a b/ü', bodyOf(100_000))
    const { proxyUrl: proxy, tunnels } = await tunnelTo(store.port)
    const endpointUrl = 'http://store.invalid'
    const side = (bucket: string) => ({
      ...sandboxOptions(store, bucket),
      endpointUrl,
      forcePathStyle: false,
      proxy,
    })
    expect(await copies(side('from'), side('to'))).toMatchObject({ ok: true, verification: 'etag' })
    expect(tunnels).toEqual(['from.store.invalid:80', 'to.store.invalid:80'])
    expect(store.requests.records.at(-1)!.headers.host).toBe('to.store.invalid')
    expect(await probeCode(side('from'))).toBe('reached')
    expect(store.requests.records.at(-1)!.operation).toBe('ListObjectsV2')
  })

  it('is reached over IPv6', async () => {
    const store = await sandbox({ host: '::1' })
    await store.store.put('from', 'a b/ü', bodyOf(100))
    const side = (bucket: string) => ({
      ...sandboxOptions(store, bucket),
      endpointUrl: `http://[::1]:${store.port}`,
    })
    expect(await copies(side('from'), side('to'))).toMatchObject({ ok: true, verification: 'etag' })
  })

  it('is reached over HTTPS if its authority is trusted, and refused otherwise', async () => {
    const store = await sandbox()
    await store.store.put('from', 'a b/ü', bodyOf(2_000_000))
    const port = await listening(
      createTlsServer({ cert, key }, (socket) => {
        const upstream = connect(store.port, '127.0.0.1')
        socket.pipe(upstream).pipe(socket)
        socket.on('error', () => upstream.destroy())
        upstream.on('error', () => socket.destroy())
      }),
    )
    const endpointUrl = `https://localhost:${port}`
    const side = (bucket: string) => ({ ...sandboxOptions(store, bucket), endpointUrl })
    const trusting = (bucket: string) => ({ ...side(bucket), certificateAuthority: cert })
    expect(await copies(trusting('from'), trusting('to'))).toMatchObject({ ok: true, verification: 'etag' })
    expect(await copies(side('from'), trusting('to'))).toMatchObject({
      ok: false,
      failure: { class: 'permanent', side: 'source', code: 'CertificateRefused' },
    })
    expect(await probeCode(trusting('from'))).toBe('reached')
    expect(await probeCode(side('from'))).toBe('LAGOON_TRANSFER_ENDPOINT_UNREACHABLE')
    expect(await probeCode({ ...side('from'), endpointUrl: `http://localhost:${port}` })).not.toBe('reached')
  })

  it('that does not speak TLS is reported in one line, and ends the run', async () => {
    const store = await sandbox()
    const side = { ...sandboxOptions(store, 'from'), endpointUrl: `https://127.0.0.1:${store.port}` }
    const probing = createStore(side)
    onTestFinished(() => probing.close())
    await expect(probing.probe()).rejects.toMatchObject({
      code: 'LAGOON_TRANSFER_ENDPOINT_UNREACHABLE',
      message: expect.stringMatching(/list bucket: the server does not speak TLS$/),
      hint: expect.stringContaining('needs http://'),
    })
    expect(await copies(side, sandboxOptions(store, 'to'))).toMatchObject({
      ok: false,
      failure: { class: 'permanent', side: 'source', code: 'NotTls' },
    })
  })

  it('is reached through the given proxy, by option or by environment', async () => {
    const store = await sandbox()
    await store.store.put('from', 'a b/ü', bodyOf(100_000))
    const { proxyUrl, tunnels } = await tunnelTo(store.port)
    // A name that only the proxy can reach.
    const endpointUrl = `http://store.invalid:${store.port}`
    const side = (bucket: string, proxied: string) => ({
      ...sandboxOptions(store, bucket),
      endpointUrl,
      proxy: proxied,
    })
    expect(await copies(side('from', proxyUrl), side('to', proxyUrl))).toMatchObject({ ok: true })
    expect(tunnels).toContain(`store.invalid:${store.port}`)
    tunnels.length = 0
    vi.stubEnv('http_proxy', proxyUrl)
    vi.stubEnv('no_proxy', '127.0.0.1')
    onTestFinished(() => void vi.unstubAllEnvs())
    const direct = { ...sandboxOptions(store, 'to'), proxy: 'environment' }
    expect(await copies(side('from', 'environment'), direct)).toMatchObject({ ok: true })
    expect(tunnels).toEqual([`store.invalid:${store.port}`])
  })

  it('gets the requester-pays header in every request, if set', async () => {
    const store = await sandbox()
    await store.store.put('from', 'a b/ü', 'x')
    await copies({ ...sandboxOptions(store, 'from'), requesterPays: true }, sandboxOptions(store, 'to'))
    const [get, put] = store.requests.records
    expect(get!.headers['x-amz-request-payer']).toBe('requester')
    expect(put!.headers['x-amz-request-payer']).toBeUndefined()
  })

  it('that does not speak S3 is reported as such', async () => {
    const port = await listening(createHttpServer((_, response) => response.end('<html>Welcome</html>')))
    const credentials = { accessKeyId: 'a', secretAccessKey: 'b' }
    const options = { endpointUrl: `http://127.0.0.1:${port}`, region: 'us-east-1', bucket: 'b', credentials }
    expect(await probeCode(options)).toBe('LAGOON_TRANSFER_NOT_S3')
  })
})

describe('probing', () => {
  it('reports a wrong clock and a denied access', async () => {
    const store = await sandbox({ now: () => Date.now() + 3_600_000 })
    expect(await probeCode(sandboxOptions(store, 'from'))).toBe('LAGOON_TRANSFER_CLOCK_SKEW')
    const other = await sandbox()
    other.faults.add({ action: { type: 'error', code: 'AccessDenied', status: 403 } })
    expect(await probeCode(sandboxOptions(other, 'from'))).toBe('LAGOON_TRANSFER_ACCESS_DENIED')
  })
})
