import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerResponse,
} from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { SandboxError } from '../errors.js'
import { checkMatch } from '../faults/check-rule.js'
import type { FaultRule } from '../faults/fault-rule.js'
import { Faults } from '../faults/faults.js'
import { Holds, type Hold } from '../log/holds.js'
import { RequestLog } from '../log/request-log.js'
import type { RequestMatch } from '../log/request-match.js'
import type { RequestRecord } from '../log/request-record.js'
import { seededRandom } from '../random.js'
import type { Shape } from '../shape/shape.js'
import { Shaper } from '../shape/shaper.js'
import type { S3Response } from '../message/s3-response.js'
import { exchange, type ServerExchange, type ExchangeParts } from './exchange.js'

interface ListenOptions {
  port: number
  host: string
  domain: string
  tls: { key: string; cert: string } | null
  faults: readonly FaultRule[]
  shape: Shape
  seed: number
  now: () => number
  logSize: number
  onRequest: ((request: RequestRecord) => void | Promise<void>) | null
}

/** A listening server: what every request passes through. */
export interface Door {
  /** `http://127.0.0.1:port`, or with `https`. */
  readonly url: string
  readonly port: number
  /** The log of requests. */
  readonly requests: RequestLog
  /** The fault rules. */
  readonly faults: Faults
  /** Holds matching requests until they are released. @throws {SandboxError} `LAGOON_SANDBOX_OPTION_INVALID` */
  hold(match?: RequestMatch): Hold
  /** Changes the behaviour under load. */
  setShape(shape: Shape): void
  /** Stops listening and closes every connection, including requests in progress. */
  close(): Promise<void>
}

/** The handler behind the listener. */
interface Served extends Pick<ExchangeParts, 'knowsAllOperations' | 'xmlStyle'> {
  serve: (exchange: ServerExchange, shaper: Shaper) => Promise<S3Response>
}

/** Listens, and passes each request to the handler. @throws {SandboxError} `LAGOON_SANDBOX_LISTEN_FAILED` */
export async function listen(
  options: ListenOptions,
  { knowsAllOperations, xmlStyle, serve }: Served,
): Promise<Door> {
  const shaper = new Shaper(options.shape, seededRandom(options.seed + 1))
  let lastId = 0
  const parts: ExchangeParts = {
    nextId: () => ++lastId,
    serve: (asked) => serve(asked, shaper),
    knowsAllOperations,
    xmlStyle,
    domain: options.domain,
    now: options.now,
    log: new RequestLog(options.logSize),
    faults: new Faults(options.faults, seededRandom(options.seed)),
    holds: new Holds(),
    shaper,
    onRequest: options.onRequest,
  }
  const server = serverOf(options, (message, response) => accept(message, response, parts))
  await bind(server, options)
  const { port } = server.address() as AddressInfo
  return {
    url: `${options.tls === null ? 'http' : 'https'}://${options.host.includes(':') ? `[${options.host}]` : options.host}:${port}`,
    port,
    requests: parts.log,
    faults: parts.faults,
    hold: (match = {}) => {
      checkMatch(match)
      return parts.holds.add(match)
    },
    setShape: (shape) => shaper.set(shape),
    close: async () => {
      const ended = new Promise<void>((resolve) => server.close(() => resolve()))
      parts.holds.releaseAll()
      parts.faults.clear()
      server.closeAllConnections()
      await ended
    },
  }
}

function serverOf({ tls }: ListenOptions, listener: RequestListener): Server {
  // No server timeouts: a test of a stall waits for the client's.
  const timeouts = { keepAliveTimeout: 65_000, requestTimeout: 0, headersTimeout: 0 }
  return tls === null ? createServer(timeouts, listener) : createTlsServer({ ...timeouts, ...tls }, listener)
}

function accept(message: IncomingMessage, response: ServerResponse, parts: ExchangeParts): void {
  const record: RequestRecord = {
    id: parts.nextId().toString(16).toUpperCase().padStart(16, '0'),
    sequence: parts.log.total + 1,
    operation: 'Unknown',
    method: message.method ?? 'GET',
    target: message.url ?? '/',
    bucket: null,
    key: null,
    query: new Map(),
    headers: message.headers,
    startedAt: performance.now(),
    durationMs: null,
    status: null,
    code: null,
    faults: [],
    bytesReceived: 0,
    bytesSent: 0,
    end: null,
  }
  response.once('close', () => {
    record.durationMs = performance.now() - record.startedAt
    record.end ??= response.writableFinished ? 'answered' : 'aborted'
    parts.log.end(record)
  })
  // If a client disconnects while its body is read, the body's reader fails; nothing else needs the error.
  message.on('error', () => {})
  response.on('error', () => {})
  void exchange(message, response, record, parts)
}

function bind(server: Server, { port, host }: ListenOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    const refused = (error: Error): void =>
      reject(
        new SandboxError(
          'LAGOON_SANDBOX_LISTEN_FAILED',
          `can't listen on ${host}:${port}: ${error.message}`,
          'Omit `port` to get a free one.',
          error,
        ),
      )
    server.once('error', refused)
    server.listen(port, host, () => {
      server.off('error', refused)
      resolve()
    })
  })
}
