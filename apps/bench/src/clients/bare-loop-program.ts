import { readFileSync } from 'node:fs'
import aws4 from 'aws4'
import { Pool } from 'undici'
import type { BucketAccess } from '../stores/buckets.js'
import { bareExchange } from './bare-exchange.js'

interface BareLoopOptions {
  source: BucketAccess & { bucket: string }
  destination: BucketAccess & { bucket: string }
  concurrency: number
  keysFile: string
}

/** Copies every key of the list. Throws at the first unsuccessful response. */
export async function runBareLoop(options: BareLoopOptions): Promise<void> {
  const keys = readFileSync(options.keysFile, 'utf8').split('\n').filter(Boolean)
  const pool = (access: BucketAccess): Pool =>
    new Pool(access.url, {
      connections: options.concurrency,
      pipelining: 1,
      headersTimeout: 120_000,
      ...(access.certificateAuthority === undefined ? {} : { connect: { ca: access.certificateAuthority } }),
    })
  const source = pool(options.source)
  const destination = pool(options.destination)
  const copy = async (key: string): Promise<void> => {
    const from = `/${options.source.bucket}/${encodeURI(key)}`
    const to = `/${options.destination.bucket}/${encodeURI(key)}`
    const got = await bareExchange(source, {
      method: 'GET',
      path: from,
      headers: signed(options.source, 'GET', from),
    })
    if (got.status !== 200) throw new Error(`GET ${from}: ${got.status}`)
    const headers = signed(options.destination, 'PUT', to)
    headers['content-length'] = String(got.sizeBytes)
    const put = await bareExchange(destination, { method: 'PUT', path: to, headers, body: got.body })
    if (put.status !== 200) throw new Error(`PUT ${to}: ${put.status}`)
  }

  let next = 0
  const worker = async (): Promise<void> => {
    while (next < keys.length) {
      const key = keys[next]!
      next += 1
      await copy(key)
    }
  }
  await Promise.all(Array.from({ length: options.concurrency }, worker))
  await Promise.all([source.close(), destination.close()])
}

function signed(access: BucketAccess, method: string, path: string): Record<string, string> {
  const headers = { host: new URL(access.url).host, 'x-amz-content-sha256': 'UNSIGNED-PAYLOAD' }
  const request = { service: 's3', region: access.region, method, path, headers }
  return aws4.sign(request, access).headers as Record<string, string>
}
