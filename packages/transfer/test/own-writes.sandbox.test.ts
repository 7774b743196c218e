import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, expect, it, onTestFinished } from 'vitest'
import { createSimpleRunner } from '../src/index.js'
import { bodyOf } from './support/objects.js'
import { sandboxPair } from './support/sandbox-pair.js'

const runner = createSimpleRunner({ maxAttempts: 3, baseDelayMs: 0 })
const credentials = { accessKeyId: 'a', secretAccessKey: 'secret' }
const md5Of = (bytes: Buffer): string => createHash('md5').update(bytes).digest('hex')

/** What a store does with the first, second … PUT: keeps it, keeps it wrong, or keeps it and hangs up. */
type Put = 'right' | 'wrong' | 'right, unanswered' | 'wrong, unanswered'

/** A destination that keeps to If-None-Match and If-Match, ignores Content-MD5, and names the MD5 of what it has. */
async function storeThat(puts: readonly Put[], deletes = true) {
  const objects = new Map<string, Buffer>()
  let count = 0
  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = request.url!
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    const there = objects.get(path)
    const { 'if-none-match': unless, 'if-match': only } = request.headers
    if (request.method === 'PUT' && unless !== undefined && there !== undefined) response.statusCode = 412
    else if (request.method === 'PUT') {
      const how = puts[Math.min(count++, puts.length - 1)]!
      const body = Buffer.concat(chunks)
      if (how.startsWith('wrong')) body[0]! ^= 1
      objects.set(path, body)
      if (how.endsWith('unanswered')) return void request.socket.destroy()
    } else if (request.method === 'DELETE') {
      if (!deletes) response.statusCode = 403
      else if (only !== undefined && there !== undefined && only !== `"${md5Of(there)}"`)
        response.statusCode = 412
      else objects.delete(path)
    } else if (there === undefined) response.statusCode = 404
    const now = objects.get(path)
    if (now !== undefined) {
      response.setHeader('etag', `"${md5Of(now)}"`)
      if (request.method === 'GET' || request.method === 'HEAD')
        response.setHeader('content-length', now.length)
    }
    response.setHeader('x-amz-request-id', 'r')
    response.end(request.method === 'GET' ? now : undefined)
  }
  const server = createServer((request, response) => void answer(request, response))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  const { source, copier: make } = await sandboxPair()
  const body = bodyOf(5000)
  await source.store.put('from', 'k', body)
  const endpointUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const destination = { endpointUrl, region: 'us-east-1', bucket: 'to', credentials, proxy: 'none' }
  const copier = make({ destination, overwrite: 'if-missing' })
  return { objects, copier, body, puts: () => count, source }
}

describe('a copy that must not replace anything', () => {
  it('replaces its own wrong object', async () => {
    const { objects, copier, body } = await storeThat(['wrong', 'right'])
    expect(await copier.copy({ key: 'k' }, runner)).toMatchObject({ ok: true, verification: 'etag' })
    expect(objects.get('/to/k')!.equals(body)).toBe(true)
  })

  it('fails and leaves nothing if everything that is stored is wrong', async () => {
    const { objects, copier } = await storeThat(['wrong'])
    const result = await copier.copy({ key: 'k' }, runner)
    expect(result).toMatchObject({ ok: false, failure: { code: 'ChecksumMismatch' } })
    expect(objects.size).toBe(0)
  })

  it('fails, now and later, if its wrong object cannot be removed', async () => {
    const { objects, copier } = await storeThat(['wrong', 'right'], false)
    for (let times = 0; times < 2; times++)
      expect(await copier.copy({ key: 'k' }, runner)).toMatchObject({
        ok: false,
        failure: { code: 'ChecksumMismatch' },
      })
    expect(objects.size).toBe(1)
  })

  it('recognises its own object after a lost response', async () => {
    const { copier, puts } = await storeThat(['right, unanswered', 'wrong'])
    const result = await copier.copy({ key: 'k' }, runner)
    expect(result).toMatchObject({ ok: true, verification: 'etag', bytes: 5000 })
    expect(result).not.toHaveProperty('skipped')
    expect(puts()).toBe(1)
  })

  it('does not skip its own possibly wrong object after a lost response', async () => {
    const { copier } = await storeThat(['wrong, unanswered', 'right'])
    for (let times = 0; times < 2; times++)
      expect(await copier.copy({ key: 'k' }, runner)).toMatchObject({
        ok: false,
        failure: { code: 'ChecksumMismatch' },
      })
  })

  it("skips another writer's object, even if it is wrong", async () => {
    const { objects, copier, puts } = await storeThat(['right'])
    objects.set('/to/k', Buffer.from('theirs'))
    expect(await copier.copy({ key: 'k' }, runner)).toMatchObject({ ok: true, skipped: true })
    expect(puts()).toBe(0)
  })

  it('removes only its own wrong object, not one that was created in the meantime', async () => {
    const { objects, copier, body } = await storeThat(['wrong'])
    const theirs = Buffer.from('theirs')
    const once = createSimpleRunner({ maxAttempts: 1 })
    const failed = await copier.copy(
      { key: 'k' },
      {
        async run(attempt) {
          const result = await once.run(attempt)
          if (!result.ok && result.failure.code === 'ChecksumMismatch') objects.set('/to/k', theirs)
          return result
        },
      },
    )
    expect(failed).toMatchObject({ ok: false, failure: { code: 'ChecksumMismatch' } })
    expect(objects.get('/to/k')).toBe(theirs)
    expect(body.length).toBe(5000)
  })
})

it('a copy that must not replace anything needs no read permission at the destination', async () => {
  const { source, destination, copier: make } = await sandboxPair()
  await source.store.put('from', 'k', 'bytes')
  destination.faults.add({ operation: 'HeadObject', action: { type: 'answer', status: 403 } })
  const copier = make({ overwrite: 'if-missing' })
  const first = await copier.copy({ key: 'k' }, runner)
  expect(first).toMatchObject({ ok: true, bytes: 5 })
  expect(await copier.copy({ key: 'k' }, runner)).toMatchObject({ ok: true, skipped: true })
  const different = make({ overwrite: 'if-different' })
  expect(await different.copy({ key: 'k' }, runner)).toMatchObject({
    ok: false,
    failure: { code: 'AccessDenied' },
  })
})
