import { Readable } from 'node:stream'
import type { Endpoint } from './endpoint.js'
import { encodeQueryValue } from './encode-key.js'
import { bufferAnswer } from './buffered-answer.js'

/** The part of the SDK's request that matters here. */
interface SdkRequest {
  protocol: string
  hostname: string
  port?: number
  method: string
  path: string
  query?: Record<string, string | string[] | null>
  headers: Record<string, string>
  body?: unknown
}

/** Headers that HTTP itself settles; undici sets its own. */
const LEFT_TO_HTTP = new Set(['expect', 'connection', 'transfer-encoding', 'content-length', 'keep-alive'])

/**
 * Lets the SDK speak over the endpoint's own connections: one set of timeouts, certificates and proxies, one count of requests, and the path exactly
 * as the SDK encoded it.
 */
export function createSdkRequestHandler(endpoint: Endpoint) {
  return {
    async handle(request: SdkRequest, { abortSignal }: { abortSignal?: unknown } = {}) {
      const headers: string[] = []
      for (const [name, value] of Object.entries(request.headers))
        if (!LEFT_TO_HTTP.has(name.toLowerCase())) headers.push(name, value)
      const query = queryString(request.query ?? {})
      const port = request.port === undefined ? '' : `:${request.port}`
      const answer = await bufferAnswer(
        (handler) =>
          endpoint.dispatch(
            {
              origin: `${request.protocol}//${request.hostname}${port}`,
              path: query === '' ? request.path : `${request.path}?${query}`,
              method: request.method,
              headers,
              body: (request.body ?? null) as string | Buffer | null,
              // undici closes the connection after a HEAD unless told otherwise.
              ...(request.method === 'HEAD' && { reset: false }),
            },
            handler,
          ),
        abortSignal instanceof AbortSignal ? abortSignal : undefined,
      )
      const { status: statusCode, body } = answer
      const flat: Record<string, string> = {}
      for (const [name, value] of Object.entries(answer.headers))
        if (value !== undefined) flat[name] = String(value)
      // A stream, because the SDK looks for an error within an answer of status 200 only in streams.
      return { response: { statusCode, headers: flat, body: Readable.from(body.length === 0 ? [] : [body]) } }
    },
    destroy(): void {},
    metadata: { handlerProtocol: 'http/1.1' },
    updateHttpClientConfig(): void {},
    httpHandlerConfigs: () => ({}),
  }
}

function queryString(query: Record<string, string | string[] | null>): string {
  const parts: string[] = []
  for (const name of Object.keys(query).sort())
    for (const value of [query[name] ?? null].flat())
      parts.push(
        value === null ? encodeQueryValue(name) : `${encodeQueryValue(name)}=${encodeQueryValue(value)}`,
      )
  return parts.join('&')
}
