import type { Readable } from 'node:stream'
import { Agent, type Dispatcher } from 'undici'
import { BenchError } from '../errors.js'
import { createSigner, encodeKey, type StoreAccess } from './sign-request.js'

export interface ListedObject {
  key: string
  sizeBytes: number
}

/** The few S3 calls that a bench needs around what it measures: make, fill, count and remove buckets. */
export interface BucketClient {
  listBuckets(): Promise<string[]>
  createBucket(bucket: string): Promise<void>
  /** Removes the bucket and all that it holds. A bucket that is not there is fine. */
  removeBucket(bucket: string): Promise<void>
  put(bucket: string, key: string, body: Buffer | (() => Readable), sizeBytes: number): Promise<void>
  list(bucket: string, prefix: string): AsyncIterable<ListedObject>
  close(): Promise<void>
}

/** A client for one store. `maxConnections` (default 32) bounds how many requests it has under way. */
export function createBucketClient(access: StoreAccess, maxConnections = 32): BucketClient {
  const { certificateAuthority: ca } = access
  const agent = new Agent({
    connections: maxConnections,
    pipelining: 1,
    headersTimeout: 120_000,
    ...(ca === undefined ? {} : { connect: { ca } }),
  })
  const sign = createSigner(access)

  const send = async (
    method: Dispatcher.HttpMethod,
    path: string,
    options: {
      query?: string
      headers?: Record<string, string>
      body?: Buffer | Readable
      sizeBytes?: number
    } = {},
  ): Promise<{ status: number; text: string }> => {
    const query = options.query ?? ''
    const headers = sign({ method, path, query, ...(options.headers ? { headers: options.headers } : {}) })
    if (options.sizeBytes !== undefined) headers['content-length'] = String(options.sizeBytes)
    try {
      const response = await agent.request({
        origin: access.url,
        method,
        path: query === '' ? path : `${path}?${query}`,
        headers,
        ...(options.body === undefined ? {} : { body: options.body }),
      })
      return { status: response.statusCode, text: await response.body.text() }
    } catch (error) {
      throw new BenchError('LAGOON_BENCH_STORE', `${method} ${access.url}${path} failed: ${String(error)}`, {
        hint: 'Is the endpoint right and running?',
        cause: error,
      })
    }
  }

  const must = async (...request: Parameters<typeof send>): Promise<string> => {
    const answer = await send(...request)
    if (answer.status >= 300) throw refused(access.url, request[0], request[1], answer)
    return answer.text
  }

  const list = async function* (bucket: string, prefix: string): AsyncIterable<ListedObject> {
    let token = ''
    do {
      const continuation = token === '' ? '' : `continuation-token=${encodeURIComponent(token)}&`
      const query = `${continuation}encoding-type=url&list-type=2&prefix=${encodeKey(prefix).replaceAll('/', '%2F')}`
      const page = await must('GET', `/${bucket}`, { query })
      for (const [, entry] of page.matchAll(/<Contents>(.*?)<\/Contents>/gs)) {
        const key = decodeURIComponent((textOf(entry!, 'Key') ?? '').replaceAll('+', ' '))
        yield { key, sizeBytes: Number(textOf(entry!, 'Size')) }
      }
      token = textOf(page, 'NextContinuationToken') ?? ''
    } while (token !== '')
  }

  /** DeleteObjects wants an MD5 or a checksum, and not every store has it: one DELETE an object works everywhere. */
  const removeObjects = async (bucket: string): Promise<void> => {
    let batch: Promise<unknown>[] = []
    for await (const { key } of list(bucket, '')) {
      batch.push(must('DELETE', `/${bucket}/${encodeKey(key)}`))
      if (batch.length >= maxConnections) {
        await Promise.all(batch)
        batch = []
      }
    }
    await Promise.all(batch)
  }

  return {
    async listBuckets() {
      const answer = await must('GET', '/')
      return [...answer.matchAll(/<Bucket>.*?<Name>([^<]*)<\/Name>/gs)].map(([, name]) => name!)
    },
    async createBucket(bucket) {
      await must('PUT', `/${bucket}`)
    },
    async removeBucket(bucket) {
      // MinIO drops a bucket with all that it holds in one call; to other stores the header means nothing.
      const forced = await send('DELETE', `/${bucket}`, { headers: { 'x-minio-force-delete': 'true' } })
      if (forced.status < 300 || forced.status === 404) return
      if (forced.status !== 409) throw refused(access.url, 'DELETE', `/${bucket}`, forced)
      await removeObjects(bucket)
      await must('DELETE', `/${bucket}`)
    },
    async put(bucket, key, body, sizeBytes) {
      const content = typeof body === 'function' ? body() : body
      await must('PUT', `/${bucket}/${encodeKey(key)}`, { body: content, sizeBytes })
    },
    list,
    async close() {
      await agent.close()
    },
  }
}

function textOf(xml: string, element: string): string | undefined {
  return new RegExp(`<${element}>([^<]*)</${element}>`).exec(xml)?.[1]
}

function refused(
  url: string,
  method: string,
  path: string,
  answer: { status: number; text: string },
): BenchError {
  const code = textOf(answer.text, 'Code') ?? 'no error code'
  return new BenchError(
    'LAGOON_BENCH_STORE',
    `${method} ${url}${path} was refused: ${answer.status} ${code}`,
    {
      hint: 'The bench needs to create buckets, write, list and delete objects with these credentials.',
    },
  )
}
