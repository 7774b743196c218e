import { describe, expect, it } from 'vitest'
import type { ConnectionPool } from '../src/http1/connection-pool.js'
import type { BodyWriter } from '../src/http1/exchange.js'
import { ask, RawServer } from './support/raw-server.js'

const OK = 'HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok'
const well = { status: 200, body: 'ok' }

/** What a request hears that the server answers as soon as it is there, as the `count`th of a connection. */
async function answered(
  server: RawServer,
  pool: ConnectionPool,
  { connection = 0, count = 1, answer = OK }: { connection?: number; count?: number; answer?: string } = {},
): Promise<unknown> {
  const { result } = ask(pool)
  await server.requests(connection, count)
  server.sockets[connection]!.write(answer)
  return result
}

describe('a connection', () => {
  it('sends the request, with its host, byte for byte', async () => {
    const server = await RawServer.start()
    const headers = ['x-amz-meta-a', 'ü', 'content-length', '4']
    const { result } = ask(server.pool(), {
      method: 'PUT',
      target: '/b/%C3%BC?x=',
      headers,
      body: Buffer.from('body'),
    })
    await server.until(() => server.received[0]?.endsWith('body') === true)
    server.sockets[0]!.write(OK)
    expect(await result).toEqual(well)
    expect(server.received[0]).toBe(
      `PUT /b/%C3%BC?x= HTTP/1.1\r\nhost: 127.0.0.1:${server.port}\r\nconnection: keep-alive\r\nx-amz-meta-a: ü\r\ncontent-length: 4\r\n\r\nbody`,
    )
  })

  it.each([
    ['is enough', 500],
    ['is too little', 5],
  ])(
    'sends the same if the room before a body %s for the head, and leaves the body unchanged',
    async (_, headroomBytes) => {
      const server = await RawServer.start()
      const memory = Buffer.alloc(headroomBytes + 10, 'x')
      const body = memory.subarray(headroomBytes, headroomBytes + 4)
      body.write('body')
      const { result } = ask(server.pool(), { method: 'PUT', headers: ['a', 'ü'], body, headroomBytes })
      await server.until(() => server.received[0]?.endsWith('body') === true)
      server.sockets[0]!.write(OK)
      expect(await result).toEqual(well)
      expect(server.received[0]).toBe(
        `PUT / HTTP/1.1\r\nhost: 127.0.0.1:${server.port}\r\nconnection: keep-alive\r\na: ü\r\n\r\nbody`,
      )
      expect(memory.subarray(headroomBytes).toString()).toBe('bodyxxxxxx')
    },
  )

  it('serves one request after another', async () => {
    const server = await RawServer.start()
    const pool = server.pool()
    for (const count of [1, 2, 3]) expect(await answered(server, pool, { count })).toEqual(well)
    expect(server.sockets).toHaveLength(1)
  })

  it.each([
    ['says so', 'HTTP/1.1 200 OK\r\ncontent-length: 2\r\nconnection: close\r\n\r\nok'],
    [
      'keeps it for no longer than a moment',
      'HTTP/1.1 200 OK\r\ncontent-length: 2\r\nkeep-alive: timeout=1\r\n\r\nok',
    ],
    ['speaks HTTP/1.0', 'HTTP/1.0 200 OK\r\ncontent-length: 2\r\n\r\nok'],
    ['sends more than was asked for', `${OK}${OK}`],
  ])('is not reused if the server %s', async (_, answer) => {
    const server = await RawServer.start()
    const pool = server.pool()
    expect(await answered(server, pool, { answer })).toEqual(well)
    expect(await answered(server, pool, { connection: 1 })).toEqual(well)
  })

  it.each<[string, (server: RawServer) => void]>([
    ['closes it', (server) => server.sockets[0]!.end()],
    ['says something on it', (server) => server.sockets[0]!.write(OK)],
  ])('that is idle is given up when the server %s', async (_, leave) => {
    const server = await RawServer.start()
    const pool = server.pool({ limit: 1 })
    await answered(server, pool)
    leave(server)
    await server.until(() => server.sockets[0]!.destroyed || server.sockets[0]!.readableEnded)
    expect(await answered(server, pool, { connection: 1 })).toEqual(well)
  })

  it('that the server closes just as a request is sent fails that request without resending it', async () => {
    const server = await RawServer.start()
    const pool = server.pool()
    await answered(server, pool)
    const second = ask(pool)
    await server.requests(0, 2)
    server.sockets[0]!.destroy()
    await expect(second.result).rejects.toMatchObject({
      code: expect.stringMatching(/^(HTTP1_ENDED|ECONNRESET)$/),
    })
    expect(server.sockets).toHaveLength(1)
  })

  it('is not reused if the response came before the whole request was sent', async () => {
    const server = await RawServer.start()
    const pool = server.pool()
    const stopped = Promise.withResolvers<void>()
    const body = {
      start: (writer: BodyWriter) => void writer.write(Buffer.from('x')),
      written() {},
      stop: stopped.resolve,
    }
    const first = ask(pool, { method: 'PUT', headers: ['content-length', '9'], body })
    await server.until(() => server.received[0]?.endsWith('x') === true)
    server.sockets[0]!.write('HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\n\r\n')
    expect(await first.result).toEqual({ status: 403, body: '' })
    await stopped.promise
    expect(await answered(server, pool, { connection: 1 })).toEqual(well)
  })

  it('fails if a server does not respond or stalls, but not if it is slow', async () => {
    const server = await RawServer.start()
    const pool = server.pool({ firstByteTimeoutMs: 100, idleTimeoutMs: 100 })
    await expect(ask(pool).result).rejects.toMatchObject({ code: 'HTTP1_FIRST_BYTE_TIMEOUT' })
    const silent = ask(pool)
    await server.requests(1)
    server.sockets[1]!.write('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\no')
    await expect(silent.result).rejects.toMatchObject({ code: 'HTTP1_IDLE_TIMEOUT' })
    const slow = ask(pool)
    await server.requests(2)
    for (const character of OK) {
      server.sockets[2]!.write(character)
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
    expect(await slow.result).toEqual(well)
  })

  it('has no time limit while its reader pauses', async () => {
    const server = await RawServer.start()
    const pool = server.pool({ firstByteTimeoutMs: 100, idleTimeoutMs: 20 })
    const paused = ask(pool)
    const other = ask(pool)
    const control = await paused.control
    await server.requests(0)
    await server.requests(1)
    control.pause()
    server.sockets[0]!.write(OK)
    server.sockets[1]!.write('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n')
    await expect(other.result).rejects.toMatchObject({ code: 'HTTP1_IDLE_TIMEOUT' })
    control.resume()
    expect(await paused.result).toEqual(well)
  })

  it('closes when it has been idle', async () => {
    const server = await RawServer.start()
    const { result } = ask(server.pool())
    await server.requests(0)
    server.sockets[0]!.write('HTTP/1.1 200 OK\r\ncontent-length: 2\r\nkeep-alive: timeout=2\r\n\r\nok')
    await result
    await server.until(() => server.sockets[0]!.readableEnded)
    expect(server.sockets).toHaveLength(1)
  })
})

describe('a request', () => {
  it('that waits for a connection gets the first free one, in order', async () => {
    const server = await RawServer.start()
    const pool = server.pool({ limit: 1 })
    const all = ['/1', '/2', '/3'].map((target) => ask(pool, { target }))
    for (const [index, { result }] of all.entries()) {
      await server.requests(0, index + 1)
      server.sockets[0]!.write(OK)
      expect(await result).toEqual(well)
    }
    expect(server.sockets).toHaveLength(1)
    expect(server.received[0]!.match(/\/\d /g)).toEqual(['/1 ', '/2 ', '/3 '])
  })

  it('that waits gets a new connection if the one before it breaks', async () => {
    const server = await RawServer.start()
    const pool = server.pool({ limit: 1 })
    const first = ask(pool)
    const second = ask(pool)
    await server.requests(0)
    server.sockets[0]!.resetAndDestroy()
    await expect(first.result).rejects.toMatchObject({ code: 'ECONNRESET' })
    await server.requests(1)
    server.sockets[1]!.write(OK)
    expect(await second.result).toEqual(well)
  })

  it('that is aborted ends with that error, and so does its connection', async () => {
    const server = await RawServer.start()
    const pool = server.pool()
    const { control, result } = ask(pool)
    await server.requests(0)
    const held = await control
    held.abort(new Error('enough'))
    await expect(result).rejects.toThrow('enough')
    await server.until(() => server.sockets[0]!.readableEnded || server.sockets[0]!.destroyed)
    held.abort(new Error('again'))
    held.resume()
  })

  it('that has ended does not affect the next one', async () => {
    const server = await RawServer.start()
    const pool = server.pool()
    const first = ask(pool)
    await server.requests(0)
    server.sockets[0]!.write(OK)
    await first.result
    const second = ask(pool)
    const old = await first.control
    old.pause()
    old.abort(new Error('too late'))
    await server.requests(0, 2)
    server.sockets[0]!.write(OK)
    expect(await second.result).toEqual(well)
  })

  it.each([
    ['a path with a space', { target: '/a b' }],
    ['a path with a line', { target: '/a\r\nb' }],
    ['a header with a line', { headers: ['a', 'b\r\nc: d'] }],
    ['a header with a NUL', { headers: ['a', '\0'] }],
    ['a header that is no byte', { headers: ['a', '\u0100'] }],
    ['a name with a space', { headers: ['a b', 'c'] }],
  ])('with %s is not sent', async (_, request) => {
    const server = await RawServer.start()
    const pool = server.pool()
    await expect(ask(pool, request).result).rejects.toMatchObject({ code: 'HTTP1_INVALID_REQUEST' })
    expect(server.sockets).toHaveLength(0)
  })

  it('fails if the connections are closed: in progress, about to connect, waiting, and later', async () => {
    const server = await RawServer.start()
    const pool = server.pool({ limit: 2 })
    const underWay = ask(pool)
    await server.requests(0)
    const others = [ask(pool), ask(pool)]
    pool.close()
    others.push(underWay, ask(pool))
    for (const { result } of others) await expect(result).rejects.toMatchObject({ code: 'HTTP1_CLOSED' })
  })

  it('whose handler throws fails with that error', async () => {
    const server = await RawServer.start()
    const pool = server.pool()
    const failed = Promise.withResolvers<Error>()
    pool.send(
      { method: 'GET', target: '/', headers: [], body: null },
      {
        onRequestStart() {},
        onResponseStart() {
          throw new Error('a defect')
        },
        onResponseData() {},
        onResponseEnd() {},
        onResponseError: failed.resolve,
      },
    )
    await server.requests(0)
    server.sockets[0]!.write(OK)
    expect((await failed.promise).message).toBe('a defect')
  })
})
