import { readFileSync } from 'node:fs'
import { request } from 'node:https'
import { expect, test } from 'vitest'
import { startSandbox } from '../src/index.js'

const fixture = (name: string): string => readFileSync(new URL(`fixtures/${name}`, import.meta.url), 'utf8')
// Created for `localhost` and 127.0.0.1 with: openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 36500 …
const tls = { key: fixture('localhost-key.pem'), cert: fixture('localhost-cert.pem') }

function get(url: string, ca?: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const asked = request(url, { ca, agent: false }, (response) => {
      response.on('data', (chunk: Buffer) => resolve(chunk.toString()))
    })
    asked.on('error', (error: NodeJS.ErrnoException) => reject(new Error(error.code)))
    asked.end()
  })
}

test('over TLS it is the same server to clients that trust its certificate', async () => {
  await using sandbox = await startSandbox({ credentials: null, buckets: ['b'], tls })
  await sandbox.store.put('b', 'k', 'private')
  expect(sandbox.url).toMatch(/^https:/)
  expect(await get(`${sandbox.url}/b/k`, tls.cert)).toBe('private')
  await expect(get(`${sandbox.url}/b/k`)).rejects.toThrow('DEPTH_ZERO_SELF_SIGNED_CERT')
})

test('a reset cuts a TLS connection too', async () => {
  const faults = [{ action: { type: 'reset-response' } } as const]
  await using sandbox = await startSandbox({ credentials: null, buckets: ['b'], tls, faults })
  await expect(get(`${sandbox.url}/b/k`, tls.cert)).rejects.toThrow('ECONNRESET')
})
