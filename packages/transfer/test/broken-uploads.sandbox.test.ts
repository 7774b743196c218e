import { once } from 'node:events'
import { createServer, type AddressInfo, type Socket } from 'node:net'
import { describe, expect, it, onTestFinished } from 'vitest'
import { createSimpleRunner } from '../src/index.js'
import { bodyOf } from './support/objects.js'
import { sandboxPair } from './support/sandbox-pair.js'

const runner = createSimpleRunner({ maxAttempts: 2, baseDelayMs: 0 })
const credentials = { accessKeyId: 'a', secretAccessKey: 'b' }

/** A server that reads this many bytes of each connection, and then acts on it. */
async function listener(
  bytes: number,
  then: (socket: Socket) => void,
): Promise<{ url: string; open: Set<Socket> }> {
  const open = new Set<Socket>()
  const server = createServer((socket) => {
    open.add(socket)
    let read = 0
    socket.on('error', () => undefined)
    socket.on('close', () => open.delete(socket))
    socket.on('data', (chunk) => {
      read += chunk.length
      if (read >= bytes) then(socket)
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    for (const socket of open) socket.destroy()
    server.close()
  })
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, open }
}

const reset = (socket: Socket) => void socket.resetAndDestroy()
const nonsense = (socket: Socket) => void socket.end('this is no HTTP\r\n\r\n')
const earlyRefusal = (socket: Socket) =>
  void socket.end(
    'HTTP/1.1 403 Forbidden\r\nx-amz-request-id: r\r\ncontent-length: 0\r\nconnection: close\r\n\r\n',
  )
const earlyPraise = (socket: Socket) =>
  void socket.end('HTTP/1.1 200 OK\r\netag: "x"\r\ncontent-length: 0\r\nconnection: close\r\n\r\n')

describe.each([100_000, 3_000_000])('a destination that does not read all %d bytes', (size) => {
  it.each([
    ['resets at the first byte', 1, reset, /Connection(Reset|Failed)/],
    ['resets within the body', 50_000, reset, /Connection(Reset|Failed)/],
    ['answers nonsense', 50_000, nonsense, /MalformedAnswer|ConnectionReset/],
    ['refuses early', 50_000, earlyRefusal, /AccessDenied|ConnectionReset/],
  ])('and %s, is a failure at the destination', async (_, bytes, then, code) => {
    const { source, copier: make } = await sandboxPair()
    await source.store.put('from', 'k', bodyOf(size))
    const { url } = await listener(bytes, then)
    const destination = { endpointUrl: url, region: 'us-east-1', bucket: 'to', credentials, proxy: 'none' }
    const copier = make({ destination })
    expect(await copier.copy({ key: 'k' }, runner)).toMatchObject({
      ok: false,
      failure: { side: 'destination', code: expect.stringMatching(code) },
    })
    // The source's connections are fit for the next object, or gone; none is left waiting.
    await source.store.put('from', 'l', 'x')
    expect(await copier.copy({ key: 'none' }, runner)).toMatchObject({ failure: { class: 'missing' } })
  })

  it('and reports success early, is not trusted', async () => {
    const { source, copier: make } = await sandboxPair()
    await source.store.put('from', 'k', bodyOf(size))
    const { url } = await listener(1000, earlyPraise)
    const destination = { endpointUrl: url, region: 'us-east-1', bucket: 'to', credentials, proxy: 'none' }
    const opaque = { ...destination, etags: 'md5' } as const
    const result = await make({ destination: opaque }).copy({ key: 'k' }, runner)
    expect(result.ok && result.verification === 'etag').toBe(false)
  })
})

describe('closing a copier', () => {
  it('leaves no connection open', async () => {
    const { source, copier: make } = await sandboxPair()
    await source.store.put('from', 'k', bodyOf(100_000))
    const { url, open } = await listener(Infinity, () => undefined)
    const arrived = source.requests.nextEnd({ operation: 'GetObject' })
    const destination = { endpointUrl: url, region: 'us-east-1', bucket: 'to', credentials, proxy: 'none' }
    const copier = make({ destination })
    const copy = copier.copy({ key: 'k' }, createSimpleRunner({ maxAttempts: 1 }))
    await arrived
    await copier.close()
    expect(await copy).toMatchObject({ ok: false })
    const closing = [...open].map((socket) => once(socket, 'close'))
    await Promise.all(closing)
    expect(open.size).toBe(0)
  })
})
