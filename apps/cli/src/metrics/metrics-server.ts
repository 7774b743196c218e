import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { isIP, type AddressInfo } from 'node:net'
import type { Registry } from 'prom-client'
import { CliError } from '../errors/cli-error.js'
import { livePage } from './live-page.js'
import type { LiveFeed } from './live-feed.js'

interface MetricsServer {
  /** Where it listens: `http://127.0.0.1:9400`. */
  readonly url: string
  close(): Promise<void>
}

/** What there is to serve. */
interface MetricsContent {
  readonly registry: Registry
  /** Figures for the live page. */
  readonly feed: Pick<LiveFeed, 'snapshot' | 'subscribe'>
}

const MAX_UNSENT_BYTES = 256 * 1024

const remedies: Readonly<Record<string, string>> = {
  EACCES: 'Use a port above 1023, or 0 for a free one.',
  EADDRNOTAVAIL: 'Set --metrics-host to an address of this machine, or 0.0.0.0 for all.',
  ENOTFOUND: 'Set --metrics-host to an address of this machine, or 0.0.0.0 for all.',
}

/**
 * Serves a live page at `/`, `/metrics` for Prometheus, and `/healthz` for process monitors. It answers only GET and HEAD, and only
 * requests that address it by IP or as localhost: a page of another site, which reaches it through its own name, gets nothing.
 * @throws CliError LAGOON_CLI_METRICS_PORT
 */
export async function startMetricsServer(
  content: MetricsContent,
  { host, port }: { readonly host: string; readonly port: number },
): Promise<MetricsServer> {
  const server = createServer((request, response) => void answer(request, response, content, host))
  await new Promise<void>((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) =>
      reject(
        new CliError(
          'LAGOON_CLI_METRICS_PORT',
          `--metrics-port: cannot listen on ${host}:${port} (${cause.code})`,
          remedies[cause.code ?? ''] ?? 'Use another port, or 0 for a free one.',
          { cause },
        ),
      ),
    )
    server.listen(port, host, resolve)
  })
  server.unref()
  const { address, port: bound } = server.address() as AddressInfo
  return {
    url: `http://${address.includes(':') ? `[${address}]` : address}:${bound}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        // Pending data is sent first: a page shows how the run ended.
        setImmediate(() => server.closeAllConnections())
      }),
  }
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  { registry, feed }: MetricsContent,
  host: string,
): Promise<void> {
  const send = (status: number, type: string, body: string, headers: Record<string, string> = {}) => {
    response.writeHead(status, {
      ...headers,
      'content-type': type,
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
    })
    response.end(request.method === 'HEAD' ? '' : body)
  }
  const plain = 'text/plain; charset=utf-8'
  if (request.method !== 'GET' && request.method !== 'HEAD') send(405, plain, 'GET only\n')
  else if (!isOurName(request.headers.host, host)) send(403, plain, 'unknown host\n')
  else if (request.url === '/healthz') send(200, plain, 'ok\n')
  else if (request.url === '/metrics') send(200, registry.contentType, await registry.metrics())
  else if (request.url === '/live.json') send(200, 'application/json', JSON.stringify(feed.snapshot()))
  else if (request.url === '/live.events' && request.method === 'GET') stream(response, feed)
  else if (request.url === '/') {
    const { html, policy } = livePage()
    send(200, 'text/html; charset=utf-8', html, {
      'content-security-policy': policy,
      'referrer-policy': 'no-referrer',
    })
  } else send(404, plain, 'try /, /metrics or /healthz\n')
}

/** Server-sent events: https://html.spec.whatwg.org/multipage/server-sent-events.html */
function stream(response: ServerResponse, feed: MetricsContent['feed']): void {
  response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' })
  const stop = feed.subscribe((update) => {
    // A page that does not keep up misses seconds, and delays nothing.
    if (response.writableLength < MAX_UNSENT_BYTES || update.ended !== null)
      response.write(`data: ${JSON.stringify(update)}\n\n`)
    if (update.ended !== null) response.end()
  })
  response.on('close', stop)
}

function isOurName(header: string | undefined, host: string): boolean {
  const name = (header ?? '')
    .replace(/:\d+$/, '')
    .replace(/^\[|\]$/g, '')
    .toLowerCase()
  return isIP(name) !== 0 || name === 'localhost' || name === host.toLowerCase()
}
