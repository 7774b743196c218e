import { readFileSync } from 'node:fs'
import type { Readable } from 'node:stream'
import { Pool } from 'undici'
import { createSigner, encodeKey, type StoreAccess } from '../s3/sign-request.js'

export interface BareLoopOptions {
  source: StoreAccess & { bucket: string }
  destination: StoreAccess & { bucket: string }
  concurrency: number
  keysFile: string
}

/** Objects up to this size go through one buffer; larger ones are piped. */
const bufferedBytes = 1024 * 1024

/** Copies every key of the list. Throws at the first answer that isn't a success. */
export async function runBareLoop(options: BareLoopOptions): Promise<void> {
  const keys = readFileSync(options.keysFile, 'utf8').split('\n').filter(Boolean)
  const pool = (access: StoreAccess): Pool =>
    new Pool(access.url, { connections: options.concurrency, pipelining: 1, headersTimeout: 120_000 })
  const source = pool(options.source)
  const destination = pool(options.destination)
  const signGet = createSigner(options.source)
  const signPut = createSigner(options.destination)

  const copy = async (key: string): Promise<void> => {
    const from = `/${options.source.bucket}/${encodeKey(key)}`
    const to = `/${options.destination.bucket}/${encodeKey(key)}`
    const get = await fetchObject(source, from, signGet({ method: 'GET', path: from }))
    const headers = signPut({ method: 'PUT', path: to })
    headers['content-length'] = String(get.sizeBytes)
    const put = await destination.request({ method: 'PUT', path: to, headers, body: get.body })
    await put.body.dump()
    if (put.statusCode !== 200) throw new Error(`PUT ${to}: ${put.statusCode}`)
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

async function fetchObject(
  pool: Pool,
  path: string,
  headers: Record<string, string>,
): Promise<{ sizeBytes: number; body: Buffer | Readable }> {
  const { statusCode, headers: answered, body } = await pool.request({ method: 'GET', path, headers })
  if (statusCode !== 200) throw new Error(`GET ${path}: ${statusCode}`)
  const sizeBytes = Number(answered['content-length'])
  if (sizeBytes > bufferedBytes) return { sizeBytes, body }
  const buffer = Buffer.allocUnsafe(sizeBytes)
  let filled = 0
  for await (const chunk of body as AsyncIterable<Buffer>) filled += chunk.copy(buffer, filled)
  if (filled !== sizeBytes) throw new Error(`GET ${path}: ${filled} of ${sizeBytes} bytes`)
  return { sizeBytes, body: buffer }
}
