import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer as createTcpServer, type AddressInfo, type Server, type Socket } from 'node:net'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { createSecureContext, createServer as createTlsServer, TLSSocket, type TlsOptions } from 'node:tls'
import { describe, expect, it, onTestFinished } from 'vitest'
import { createStore, type EndpointOptions } from '../src/index.js'
import { openConnections } from '../src/http1/connections.js'
import { resolveEndpoint } from '../src/options/resolve-endpoint.js'

const fixture = (name: string): string => fileURLToPath(new URL(`fixtures/${name}`, import.meta.url))
const cert = readFileSync(fixture('localhost.cert.pem'), 'utf8')
const expired = readFileSync(fixture('expired.cert.pem'), 'utf8')
const key = readFileSync(fixture('localhost.key.pem'), 'utf8')

const EMPTY_LISTING =
  '<?xml version="1.0" encoding="UTF-8"?><ListBucketResult><IsTruncated>false</IsTruncated></ListBucketResult>'

async function listening(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => void server.close())
  return (server.address() as AddressInfo).port
}

/** A store that answers each request with an empty listing. */
function emptyStore(
  options: TlsOptions,
  onConnection: (socket: TLSSocket) => void = () => {},
): Promise<number> {
  const server = createTlsServer({ cert, key, ...options }, (socket) => {
    onConnection(socket)
    socket.on('error', () => socket.destroy())
    socket.on('data', () =>
      socket.end(
        `HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: ${EMPTY_LISTING.length}\r\n\r\n${EMPTY_LISTING}`,
      ),
    )
  })
  return listening(server)
}

function endpoint(endpointUrl: string, ca: string | undefined): EndpointOptions {
  const credentials = { accessKeyId: 'key', secretAccessKey: 'secret' }
  const authority = ca === undefined ? {} : { certificateAuthority: ca }
  return { endpointUrl, region: 'r', bucket: 'b', proxy: 'none', credentials, ...authority }
}

async function probe(options: EndpointOptions): Promise<unknown> {
  const store = createStore(options)
  onTestFinished(() => store.close())
  return store.probe().catch((error: unknown) => error)
}

describe('a refused certificate is reported with a hint', () => {
  it.each([
    {
      what: 'of an unknown authority',
      ca: undefined,
      url: (port: number) => `https://localhost:${port}`,
      server: {},
      says: /certificate was refused: .*; set its authority \(option `certificateAuthority`\)$/,
    },
    {
      what: 'that has expired',
      ca: expired,
      url: (port: number) => `https://localhost:${port}`,
      server: { cert: expired },
      says: /certificate was refused: certificate has expired; renew it, or correct the clock of this machine$/,
    },
    {
      what: 'of another name',
      ca: expired,
      url: (port: number) => `https://127.0.0.1:${port}`,
      server: { cert: expired },
      says: /certificate was refused: .*/,
    },
  ])('$what', async ({ ca, url, server, says }) => {
    const port = await emptyStore(server)
    expect(await probe(endpoint(url(port), ca))).toMatchObject({
      code: 'LAGOON_TRANSFER_ENDPOINT_UNREACHABLE',
      message: expect.stringMatching(says),
      hint: expect.stringContaining('certificateAuthority'),
    })
  })
})

it('a server that only speaks TLS 1.1 is reported as such', async () => {
  const port = await emptyStore({ minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'ALL:@SECLEVEL=0' })
  expect(await probe(endpoint(`https://localhost:${port}`, cert))).toMatchObject({
    code: 'LAGOON_TRANSFER_ENDPOINT_UNREACHABLE',
    message: expect.stringMatching(/the server speaks only TLS 1\.1 or older$/),
    hint: expect.stringContaining('TLS 1.2'),
  })
})

it.each([
  ['the system trusts', { SSL_CERT_FILE: fixture('localhost.cert.pem') }],
  [
    'NODE_EXTRA_CA_CERTS names',
    { NODE_EXTRA_CA_CERTS: fixture('localhost.cert.pem'), SSL_CERT_FILE: '/none' },
  ],
])('an authority that %s is trusted', async (_, environment) => {
  const port = await emptyStore({})
  const program = `
    const { createStore } = await import('@lagoon/transfer')
    const store = createStore(${JSON.stringify(endpoint(`https://localhost:${port}`, undefined))})
    await store.probe()
    console.log('reached')
    await store.close()`
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', program], {
    cwd: import.meta.dirname,
    env: { ...process.env, NODE_EXTRA_CA_CERTS: '', SSL_CERT_DIR: '/none', ...environment },
  })
  expect(stdout).toBe('reached\n')
})

it('a handshake after the first resumes the session', async () => {
  const resumed: boolean[] = []
  const port = await emptyStore({}, (socket) => resumed.push(socket.isSessionReused()))
  const store = createStore(endpoint(`https://localhost:${port}`, cert))
  onTestFinished(() => store.close())
  await store.probe()
  await store.probe()
  expect(resumed).toEqual([false, true])
})

describe('a connection that is closed without close_notify', () => {
  /** Sends bytes of a response, and closes the socket below TLS. */
  async function answerOf(bytes: string): Promise<Buffer> {
    const context = createSecureContext({ cert, key })
    const server = createTcpServer((raw: Socket) => {
      const socket = new TLSSocket(raw, { isServer: true, secureContext: context })
      socket.on('error', () => raw.destroy())
      socket.once('data', () => socket.write(bytes, () => raw.destroySoon()))
    })
    const port = await listening(server)
    const pool = openConnections(resolveEndpoint(endpoint(`https://localhost:${port}`, cert)), 1)
    onTestFinished(() => pool.close())
    const chunks: Buffer[] = []
    const { promise, resolve, reject } = Promise.withResolvers<Buffer>()
    pool.send(
      { method: 'GET', target: '/', headers: [], body: null },
      {
        onRequestStart() {},
        onResponseStart() {},
        onResponseData: (_control, chunk) => void chunks.push(Buffer.from(chunk)),
        onResponseEnd: () => resolve(Buffer.concat(chunks)),
        onResponseError: reject,
      },
    )
    return promise
  }

  it('fails a response whose body is not whole', async () => {
    await expect(answerOf('HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nhalf')).rejects.toThrow()
  })

  it('keeps a response whose body is whole', async () => {
    expect(String(await answerOf('HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nwhole'))).toBe('whole')
  })
})
