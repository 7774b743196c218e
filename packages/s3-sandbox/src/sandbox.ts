import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Credentials } from './auth/verify-request.js'
import { SandboxError } from './errors.js'
import { Faults } from './faults/faults.js'
import { exchange, type ServerParts } from './http/exchange.js'
import { Holds, type Hold } from './log/holds.js'
import { RequestLog } from './log/request-log.js'
import type { RequestMatch } from './log/request-match.js'
import type { RequestRecord } from './log/request-record.js'
import { resolveOptions, type ResolvedOptions, type SandboxOptions } from './options.js'
import { seededRandom } from './random.js'
import { Shaper } from './shape/shaper.js'
import type { Shape } from './shape/shape.js'
import { openObjectStore } from './store/open-store.js'
import { StoreAccess } from './store/store-access.js'

/** A running server. */
export interface Sandbox {
  /** `http://127.0.0.1:port`. */
  readonly url: string
  readonly port: number
  readonly region: string
  /** What clients sign with. Empty strings when the sandbox lets everybody in. */
  readonly credentials: Credentials
  /** Buckets and objects without HTTP. */
  readonly store: StoreAccess
  /** What was asked. */
  readonly requests: RequestLog
  /** What goes wrong. */
  readonly faults: Faults
  /** Holds matching requests at the door until they are released. */
  hold(match?: RequestMatch): Hold
  /** Behaviour under load, from now on. */
  setShape(shape: Shape): void
  /** Who may ask, from now on: what a rotation of keys or an expired token looks like. Null lets everybody in. */
  setCredentials(credentials: Credentials | null): void
  /** Stops listening and closes every connection, requests under way included. */
  close(): Promise<void>
  [Symbol.asyncDispose](): Promise<void>
}

/**
 * Starts an S3 server inside this process.
 *
 * @throws {SandboxError} `LAGOON_SANDBOX_OPTION_INVALID`, `LAGOON_SANDBOX_LISTEN_FAILED`, `LAGOON_SANDBOX_STORE_UNREADABLE`
 */
export async function startSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  const resolved = resolveOptions(options)
  const store = await openObjectStore(resolved.directory)
  for (const bucket of resolved.buckets) {
    if (!store.buckets.has(bucket)) store.createBucket(bucket, resolved.region, resolved.now())
  }
  let { credentials } = resolved
  const parts: ServerParts = {
    context: { store, region: resolved.region, limits: resolved.limits, now: resolved.now },
    credentials: () => credentials,
    domain: resolved.domain,
    log: new RequestLog(resolved.logSize),
    faults: new Faults(resolved.faults, seededRandom(resolved.seed)),
    holds: new Holds(),
    shaper: new Shaper(resolved.shape, seededRandom(resolved.seed + 1)),
    onRequest: resolved.onRequest,
  }
  const server = createServer(
    { keepAliveTimeout: 65_000, requestTimeout: 0, headersTimeout: 0 },
    (message, response) => serve(message, response, parts),
  )
  await listen(server, resolved).catch(async (error: unknown) => {
    await store.close()
    throw error
  })
  const { port } = server.address() as AddressInfo
  const close = async (): Promise<void> => {
    parts.holds.releaseAll()
    parts.faults.clear()
    const ended = new Promise<void>((resolve) => server.close(() => resolve()))
    server.closeAllConnections()
    await ended
    await store.close()
  }
  return {
    url: `http://${resolved.host.includes(':') ? `[${resolved.host}]` : resolved.host}:${port}`,
    port,
    region: resolved.region,
    get credentials() {
      return credentials ?? { accessKeyId: '', secretAccessKey: '' }
    },
    store: new StoreAccess(parts.context),
    requests: parts.log,
    faults: parts.faults,
    hold: (match = {}) => parts.holds.add(match),
    setShape: (shape) => parts.shaper.set(shape),
    setCredentials: (changed) => {
      credentials = changed
    },
    close,
    [Symbol.asyncDispose]: close,
  }
}

let sequence = 0

function serve(message: IncomingMessage, response: ServerResponse, parts: ServerParts): void {
  sequence += 1
  const record: RequestRecord = {
    id: sequence.toString(16).toUpperCase().padStart(16, '0'),
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
  // A client that goes away while its body is read makes the body's reader fail; nobody else needs to hear of it.
  message.on('error', () => {})
  response.on('error', () => {})
  void exchange(message, response, record, parts)
}

function listen(server: Server, { port, host }: ResolvedOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error) =>
      reject(
        new SandboxError(
          'LAGOON_SANDBOX_LISTEN_FAILED',
          `the sandbox can't listen on ${host}:${port}: ${error.message}`,
          'Leave `port` out to get a free one.',
          error,
        ),
      ),
    )
    server.listen(port, host, () => {
      server.removeAllListeners('error')
      resolve()
    })
  })
}
