import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, expect, it, onTestFinished } from 'vitest'
import { createSimpleRunner } from '../src/index.js'
import { bodyOf } from './support/objects.js'
import { sandboxPair } from './support/sandbox-pair.js'

const runner = createSimpleRunner({ maxAttempts: 2, baseDelayMs: 0 })

/** A store that ignores Content-MD5 and stores a wrong first byte as often as it is told to. */
async function carelessStore(wrongPuts: number): Promise<{ url: string; objects: Map<string, Buffer> }> {
  const objects = new Map<string, Buffer>()
  let wrong = wrongPuts
  const server: Server = createServer(async (request, response) => {
    const path = request.url!
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    const stored = objects.get(path)
    if (request.method === 'PUT') {
      const body = Buffer.concat(chunks)
      if (wrong-- > 0) body[0]! ^= 1
      objects.set(path, body)
    } else if (request.method === 'DELETE') objects.delete(path)
    else if (stored === undefined) response.statusCode = 404
    const now = objects.get(path)
    if (now !== undefined) response.setHeader('etag', `"${createHash('md5').update(now).digest('hex')}"`)
    response.end()
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, objects }
}

const credentials = { accessKeyId: 'a', secretAccessKey: 'b' }

describe.each([100_000, 3_000_000])('an object of %d bytes that a careless store stored wrongly', (bytes) => {
  it('is replaced by the next attempt', async () => {
    const { source, copier: make } = await sandboxPair()
    await source.store.put('from', 'k', bodyOf(bytes))
    const { url, objects } = await carelessStore(1)
    const destination = { endpointUrl: url, region: 'us-east-1', bucket: 'to', credentials, proxy: 'none' }
    expect(await make({ destination }).copy({ key: 'k' }, runner)).toMatchObject({ ok: true, attempts: 2 })
    expect(objects.get('/to/k')!.equals(bodyOf(bytes))).toBe(true)
  })

  it('is removed when the attempts are spent', async () => {
    const { source, copier: make } = await sandboxPair()
    await source.store.put('from', 'k', bodyOf(bytes))
    const { url, objects } = await carelessStore(99)
    const destination = { endpointUrl: url, region: 'us-east-1', bucket: 'to', credentials, proxy: 'none' }
    expect(await make({ destination }).copy({ key: 'k' }, runner)).toMatchObject({
      ok: false,
      attempts: 2,
      failure: { class: 'transient', side: 'destination', code: 'ChecksumMismatch' },
    })
    expect(objects.size).toBe(0)
  })
})
