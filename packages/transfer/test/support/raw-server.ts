import { once } from 'node:events'
import { createServer, type AddressInfo, type Socket } from 'node:net'
import { onTestFinished } from 'vitest'
import type { ConnectionPool, PoolOptions } from '../../src/http1/connection-pool.js'
import type { ExchangeControl, Http1Request } from '../../src/http1/exchange.js'
import { openConnections } from '../../src/http1/connections.js'
import { resolveEndpoint } from '../../src/options/resolve-endpoint.js'

/** A server of bare sockets, whose answers a test writes by hand. */
export class RawServer {
  readonly port: number
  readonly sockets: Socket[] = []
  /** All that has come over each connection. */
  readonly received: string[] = []
  #heard: (() => void)[] = []

  static async start(): Promise<RawServer> {
    const server = createServer({ allowHalfOpen: true })
    await once(server.listen(0, '127.0.0.1'), 'listening')
    const started = new RawServer((server.address() as AddressInfo).port)
    server.on('connection', (socket) => started.#accept(socket))
    onTestFinished(() => {
      for (const socket of started.sockets) socket.destroy()
      server.close()
    })
    return started
  }

  private constructor(port: number) {
    this.port = port
  }

  #accept(socket: Socket): void {
    const index = this.sockets.push(socket) - 1
    this.received[index] = ''
    socket.on('error', () => undefined)
    socket.on('data', (bytes) => {
      this.received[index] += bytes.toString('latin1')
      this.#tell()
    })
    for (const event of ['end', 'close']) socket.on(event, () => this.#tell())
    this.#tell()
  }

  #tell(): void {
    for (const heard of this.#heard.splice(0)) heard()
  }

  /** Resolves when it is so; asked again whenever something came. */
  async until(isSo: () => boolean): Promise<void> {
    while (!isSo()) await new Promise<void>((resolve) => this.#heard.push(resolve))
  }

  /** Resolves when a connection has received so many whole heads of requests. */
  requests(connection: number, count = 1): Promise<void> {
    return this.until(() => (this.received[connection] ?? '').split('\r\n\r\n').length > count)
  }

  pool(options: Partial<PoolOptions> & { limit?: number } = {}): ConnectionPool {
    const endpointUrl = `http://127.0.0.1:${this.port}`
    const { limit = 4, firstByteTimeoutMs = 60_000, idleTimeoutMs = 60_000 } = options
    const settings = {
      region: 'r',
      bucket: 'b',
      endpointUrl,
      proxy: 'none',
      firstByteTimeoutMs,
      idleTimeoutMs,
    }
    const pool = openConnections(resolveEndpoint(settings), limit)
    onTestFinished(() => pool.close())
    return pool
  }
}

/** What became of a request. */
export interface Outcome {
  result: Promise<{ status: number; body: string }>
  control: Promise<ExchangeControl>
  /** Bodies' bytes so far. */
  readonly body: string
}

export function ask(pool: ConnectionPool, request: Partial<Http1Request> = {}): Outcome {
  const started = Promise.withResolvers<ExchangeControl>()
  const ended = Promise.withResolvers<{ status: number; body: string }>()
  ended.promise.catch(() => undefined)
  let status = 0
  const outcome = { result: ended.promise, control: started.promise, body: '' }
  pool.send(
    { method: 'GET', target: '/', headers: [], body: null, ...request },
    {
      onRequestStart: started.resolve,
      onResponseStart: (_, answered) => void (status = answered),
      onResponseData: (_, chunk) => void (outcome.body += chunk.toString('latin1')),
      onResponseEnd: () => ended.resolve({ status, body: outcome.body }),
      onResponseError: ended.reject,
    },
  )
  return outcome
}
