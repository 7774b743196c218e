import { hash } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { onTestFinished } from 'vitest'
import type { EndpointOptions } from '../../src/index.js'

/** A request as a test sees it. */
export interface MiniRequest {
  method: string
  /** Bucket and key, encoded. */
  path: string
  query: URLSearchParams
  headers: IncomingHttpHeaders
  body: Buffer
}

/** A response of a test's own. */
export interface MiniAnswer {
  status?: number
  headers?: Record<string, string | number>
  body?: string | Buffer
}

export interface MiniStore {
  /** By bucket and key: `/from/k`. */
  readonly objects: Map<string, Buffer>
  readonly requests: MiniRequest[]
  options(bucket: string): EndpointOptions
}

/** What a store answers instead; undefined for what S3 would. */
export type Override = (request: MiniRequest, objects: Map<string, Buffer>) => MiniAnswer | undefined

export const md5Hex = (bytes: Buffer | string): string => hash('md5', bytes, 'hex')

/** An error document. */
export const errorDocument = (code: string, message = 'so it said', more = ''): string =>
  `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code><Message>${message}</Message>${more}</Error>`

/** A store in memory, as small as it gets, that answers in its own way where a test wants that. Ends with the test. */
export async function miniStore(override: Override = () => undefined): Promise<MiniStore> {
  const objects = new Map<string, Buffer>()
  const requests: MiniRequest[] = []
  async function serve(message: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = []
    for await (const chunk of message) chunks.push(chunk as Buffer)
    const { pathname: path, searchParams: query } = new URL(message.url!, 'http://h')
    const { headers, method = '' } = message
    const request = { method, path, query, headers, body: Buffer.concat(chunks) }
    requests.push(request)
    const answer = override(request, objects) ?? asS3(request, objects)
    const { status = 200, headers: told = {}, body = '' } = answer
    const length =
      method === 'HEAD' || status === 204 || status === 304
        ? {}
        : { 'content-length': Buffer.byteLength(body) }
    response.writeHead(status, { 'x-amz-request-id': 'r', ...length, ...told })
    response.end(method === 'HEAD' ? undefined : body)
  }
  const server = createServer((message, response) => void serve(message, response))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  const endpointUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const credentials = { accessKeyId: 'a', secretAccessKey: 'secret' }
  return {
    objects,
    requests,
    options: (bucket) => ({ endpointUrl, region: 'us-east-1', bucket, credentials, proxy: 'none' }),
  }
}

function asS3({ method, path, query, headers, body }: MiniRequest, objects: Map<string, Buffer>): MiniAnswer {
  const there = objects.get(path)
  if (method === 'PUT') {
    if (headers['if-none-match'] !== undefined && there !== undefined)
      return { status: 412, body: errorDocument('PreconditionFailed') }
    objects.set(path, body)
    return { headers: { etag: `"${md5Hex(body)}"` } }
  }
  if (method === 'DELETE') {
    objects.delete(path)
    return { status: 204 }
  }
  if (query.has('list-type'))
    return { body: '<ListBucketResult><IsTruncated>false</IsTruncated></ListBucketResult>' }
  if (there === undefined) return { status: 404, body: errorDocument('NoSuchKey') }
  const etag = `"${md5Hex(there)}"`
  if (headers['if-match'] !== undefined && headers['if-match'] !== etag)
    return { status: 412, body: errorDocument('PreconditionFailed') }
  const range = /^bytes=(\d+)-(\d+)$/.exec(headers.range ?? '')
  if (range === null) return { headers: { etag, 'content-length': there.length }, body: there }
  const part = there.subarray(Number(range[1]), Number(range[2]) + 1)
  const last = Number(range[1]) + part.length - 1
  return {
    status: 206,
    headers: { etag, 'content-range': `bytes ${range[1]}-${last}/${there.length}` },
    body: part,
  }
}
