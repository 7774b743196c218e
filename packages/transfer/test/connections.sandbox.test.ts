import { readFileSync } from 'node:fs'
import { createServer, type RequestListener, type Server } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import fc from 'fast-check'
import { afterEach, describe, expect, it } from 'vitest'
import { openConnections } from '../src/http1/connections.js'
import type { ConnectionPool } from '../src/http1/connection-pool.js'
import { resolveEndpoint } from '../src/options/resolve-endpoint.js'

const cert = readFileSync(new URL('fixtures/localhost.cert.pem', import.meta.url))
const key = readFileSync(new URL('fixtures/localhost.key.pem', import.meta.url))

const closing: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closing.splice(0)) await close()
})

async function poolTo(scheme: string, listener: RequestListener): Promise<ConnectionPool> {
  const server: Server =
    scheme === 'https' ? createTlsServer({ cert, key }, listener) : createServer(listener)
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const { port } = server.address() as AddressInfo
  const endpointUrl = `${scheme}://localhost:${port}`
  const settings = {
    region: 'r',
    bucket: 'b',
    endpointUrl,
    proxy: 'none',
    certificateAuthority: cert.toString(),
  }
  const pool = openConnections(resolveEndpoint(settings), 4)
  closing.push(
    () => pool.close(),
    () => server.closeAllConnections(),
    () => server.close(),
  )
  return pool
}

/** Reads a response, pausing after each of the chunks that are named, and continuing a turn of the event loop later. */
function read(pool: ConnectionPool, pauseAfter: ReadonlySet<number>): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    const request = { method: 'GET', target: '/', headers: [], body: null }
    pool.send(request, {
      onRequestStart() {},
      onResponseStart() {},
      onResponseData(control, chunk) {
        chunks.push(Buffer.from(chunk))
        if (!pauseAfter.has(chunks.length)) return
        control.pause()
        setImmediate(() => control.resume())
      },
      onResponseEnd: () => resolve(Buffer.concat(chunks)),
      onResponseError: reject,
    })
  })
}

describe.each(['http', 'https'])('over %s', (scheme) => {
  it('every byte arrives once and in order, whatever the writes and wherever the reader pauses', async () => {
    let writes: number[] = []
    const bodyOf = (sizes: number[]): Buffer =>
      Buffer.concat(sizes.map((size, index) => Buffer.alloc(size, `${index}:`)))
    const pool = await poolTo(scheme, (_request, response) => {
      response.writeHead(200, { 'content-length': bodyOf(writes).length })
      for (const [index, size] of writes.entries()) response.write(Buffer.alloc(size, `${index}:`))
      response.end()
    })
    const size = fc.oneof(fc.integer({ min: 1, max: 100 }), fc.integer({ min: 1, max: 400_000 }))
    await fc.assert(
      fc.asyncProperty(
        fc.array(size, { maxLength: 6 }),
        fc.uniqueArray(fc.integer({ min: 1, max: 20 }), { maxLength: 8 }),
        async (sizes, pauses) => {
          writes = sizes
          const [one, other] = await Promise.all([read(pool, new Set(pauses)), read(pool, new Set())])
          expect(one.equals(bodyOf(sizes))).toBe(true)
          expect(other.equals(one)).toBe(true)
        },
      ),
      { numRuns: 40 },
    )
  })

  it('a body that ends with the connection is whole', async () => {
    const pool = await poolTo(scheme, (_request, response) => {
      response.shouldKeepAlive = false
      response.useChunkedEncodingByDefault = false
      response.removeHeader('transfer-encoding')
      response.write('until the ')
      response.end('end')
    })
    expect((await read(pool, new Set([1]))).toString()).toBe('until the end')
  })

  it('a connection that breaks in the middle is an error, paused or not', async () => {
    const pool = await poolTo(scheme, (_request, response) => {
      response.writeHead(200, { 'content-length': 1000 })
      response.write('too little', () => response.destroy())
    })
    await expect(read(pool, new Set())).rejects.toThrow('the other side closed')
    await expect(read(pool, new Set([1]))).rejects.toThrow('the other side closed')
  })
})
