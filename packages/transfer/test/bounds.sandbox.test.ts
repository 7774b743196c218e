import { once } from 'node:events'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, expect, it, onTestFinished } from 'vitest'
import { createSimpleRunner, createStore, type EndpointOptions } from '../src/index.js'
import { sandboxPair } from './support/sandbox-pair.js'

const runner = createSimpleRunner({ maxAttempts: 1 })

/** A store that answers so, with times of a few milliseconds. */
async function storeThat(answer: (response: ServerResponse) => void): Promise<EndpointOptions> {
  const server = createServer((request, response) => {
    request.resume()
    response.on('error', () => undefined)
    answer(response)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return {
    endpointUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    region: 'us-east-1',
    bucket: 'b',
    credentials: { accessKeyId: 'a', secretAccessKey: 'secret' },
    proxy: 'none',
    firstByteTimeoutMs: 20,
    idleTimeoutMs: 40,
  }
}

/** Writes repeatedly until the client disconnects. */
function drip(response: ServerResponse, bytes: number): void {
  const timer = setInterval(() => response.write('x'.repeat(bytes)), 5)
  response.on('close', () => clearInterval(timer))
}

describe('a response that never ends', () => {
  it('of interim responses is aborted', async () => {
    const source = await storeThat((response) => {
      const timer = setInterval(() => response.writeProcessing(), 5)
      response.on('close', () => clearInterval(timer))
    })
    const { copier } = await sandboxPair()
    expect(await copier({ source }).copy({ key: 'k' }, runner)).toMatchObject({
      ok: false,
      failure: { code: 'FirstByteTimeout', side: 'source' },
    })
  })

  it('of an object that comes byte by byte is aborted', async () => {
    const source = await storeThat((response) => {
      response.writeHead(200, { etag: '"e"', 'content-length': 100_000 })
      drip(response, 1)
    })
    const { copier } = await sandboxPair()
    expect(await copier({ source }).copy({ key: 'k' }, runner)).toMatchObject({
      ok: false,
      failure: { code: 'IdleTimeout', side: 'source' },
    })
  })

  it.each([
    ['byte by byte', 1],
    ['as fast as it can', 100_000],
  ])('of an error that comes %s is classified by its status, at either side', async (_, bytes) => {
    const broken = await storeThat((response) => {
      response.writeHead(500)
      drip(response, bytes)
    })
    const { source, copier } = await sandboxPair()
    await source.store.put('from', 'k', 'bytes')
    expect(await copier({ source: broken }).copy({ key: 'k' }, runner)).toMatchObject({ ok: false })
    expect(await copier({ destination: broken }).copy({ key: 'k' }, runner)).toMatchObject({
      ok: false,
      failure: { code: 'InternalError', side: 'destination', status: 500 },
    })
  })

  it.each([
    ['a listing', 200],
    ['a refusal', 403],
  ])('of %s ends', async (_, status) => {
    const store = createStore(
      await storeThat((response) => {
        response.writeHead(status, { 'content-type': 'application/xml' })
        response.write('<ListBucketResult>')
        drip(response, 1)
      }),
    )
    onTestFinished(() => store.close())
    await expect(store.probe()).rejects.toHaveProperty('code')
  })
})
