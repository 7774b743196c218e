import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer as createHttpServer } from 'node:http'
import { createServer as createHttpsServer } from 'node:https'
import { connect, type AddressInfo, type Server, type Socket } from 'node:net'
import { expect, it, onTestFinished } from 'vitest'
import { openConnections } from '../src/http1/connections.js'
import { resolveEndpoint } from '../src/options/resolve-endpoint.js'
import { ask } from './support/raw-server.js'

const cert = readFileSync(new URL('fixtures/localhost.cert.pem', import.meta.url), 'utf8')
const key = readFileSync(new URL('fixtures/localhost.key.pem', import.meta.url), 'utf8')

async function listening(server: Server): Promise<number> {
  await once(server.listen(0, '127.0.0.1'), 'listening')
  onTestFinished(() => void server.close())
  return (server.address() as AddressInfo).port
}

/** A proxy that answers CONNECT by hand, given what it was asked. */
async function proxy(answer: (asked: string, socket: Socket) => void): Promise<string> {
  const server = createHttpServer()
  server.on('connect', ({ url, headers }, socket: Socket) => {
    socket.on('error', () => undefined)
    onTestFinished(() => void socket.destroy())
    answer(`${url} ${headers['proxy-authorization'] ?? '-'}`, socket)
  })
  return `127.0.0.1:${await listening(server)}`
}

function through(proxyUrl: string, endpointUrl: string, connectTimeoutMs = 10_000) {
  const settings = { region: 'r', bucket: 'b', endpointUrl, proxy: proxyUrl, connectTimeoutMs }
  const pool = openConnections(resolveEndpoint({ ...settings, certificateAuthority: cert }), 2)
  onTestFinished(() => pool.close())
  return pool
}

it("a store is reached by TLS through a tunnel, with the proxy's name and password, one tunnel for all requests", async () => {
  const tls = createHttpsServer({ cert, key }, (_, response) => response.end('x'.repeat(300_000)))
  const port = await listening(tls)
  const asked: string[] = []
  const host = await proxy((said, socket) => {
    asked.push(said)
    const upstream = connect(port, '127.0.0.1')
    socket.write('HTTP/1.1 200 Connection established\r\nvia: me\r\n\r\n')
    socket.pipe(upstream).pipe(socket)
    upstream.on('error', () => socket.destroy())
  })
  const pool = through(`http://me:p%40ss@${host}`, `https://localhost:${port}`)
  for (const _ of [1, 2]) expect((await ask(pool).result).body).toHaveLength(300_000)
  expect(asked).toEqual([`localhost:${port} Basic ${Buffer.from('me:p@ss').toString('base64')}`])
})

it.each<[string, (socket: Socket) => void]>([
  ['refuses', (socket) => socket.end('HTTP/1.1 407 Proxy Authentication Required\r\n\r\n')],
  ['closes', (socket) => socket.destroy()],
  ['says more than it was asked', (socket) => socket.write('HTTP/1.1 200 OK\r\n\r\nmore')],
  ['talks without end', (socket) => socket.write(`HTTP/1.1 200 OK\r\n${'a: b\r\n'.repeat(4000)}`)],
  ['is none', (socket) => socket.write('220 mail\r\n\r\n')],
])('a proxy that %s opens no tunnel', async (_, answer) => {
  const host = await proxy((_asked, socket) => answer(socket))
  await expect(ask(through(`http://${host}`, 'http://store.invalid')).result).rejects.toMatchObject({
    code: 'HTTP1_TUNNEL_REFUSED',
    message: expect.stringContaining(`the proxy ${host} opened no tunnel`),
  })
})

it('a proxy that does not respond fails within the connect timeout', async () => {
  const host = await proxy(() => undefined)
  const { result } = ask(through(`http://${host}`, 'http://store.invalid', 50))
  await expect(result).rejects.toMatchObject({ code: 'ETIMEDOUT' })
})

it('a missing proxy is the error of the connection', async () => {
  const { result } = ask(through('http://127.0.0.1:1', 'http://store.invalid'))
  await expect(result).rejects.toMatchObject({ code: 'ECONNREFUSED' })
})
