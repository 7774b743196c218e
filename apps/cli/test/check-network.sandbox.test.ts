import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer, type RequestListener, type Server } from 'node:http'
import { createServer as createSecureServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import type { EndpointOptions } from '@lagoon/sync'
import { freePort } from '@lagoon/testkit'
import { expect, onTestFinished, test } from 'vitest'
import { proxyOf } from '../src/options/proxy-of.js'
import { findingsOf, type Check } from '../src/doctor/check.js'
import { checkNetwork } from '../src/doctor/check-network.js'

const fixture = (name: string) => readFileSync(new URL(`fixtures/${name}`, import.meta.url))

async function look(
  server: Server,
  scheme: string,
  endpoint: Partial<EndpointOptions> = {},
): Promise<Check[]> {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  const checks: Check[] = []
  const { port } = server.address() as AddressInfo
  await checkNetwork(
    `${scheme}://127.0.0.1:${port}`,
    { proxy: 'none', ...endpoint },
    findingsOf('source', checks),
  )
  return checks
}

const offBy =
  (minutes: number): RequestListener =>
  (_, response) => {
    response.setHeader('date', new Date(Date.now() + minutes * 60_000).toUTCString())
    response.end()
  }

test.each([
  [60, 'failed', /^60 min ahead of this machine|^1 h ahead of this machine/],
  [-60, 'failed', /^1 h behind this machine/],
  [8, 'warning', /^8 min ahead of this machine/],
  [0, 'ok', /^agrees with this machine/],
])('a store whose clock is %i minutes off is %s', async (minutes, status, detail) => {
  const checks = await look(createServer(offBy(minutes)), 'http')
  expect(checks.at(-1)).toMatchObject({ name: 'clock', status, detail: expect.stringMatching(detail) })
  const fix = status === 'ok' ? undefined : "Set this machine's clock, for example with NTP."
  expect(checks.at(-1)!.fix).toBe(fix)
})

test('a certificate of an unknown authority is a cross that names the variable for the authority', async () => {
  const options = { cert: fixture('localhost.cert.pem'), key: fixture('localhost.key.pem') }
  expect(await look(createSecureServer(options, offBy(0)) as unknown as Server, 'https')).toMatchObject([
    { name: 'TLS', status: 'failed', fix: expect.stringContaining('NODE_EXTRA_CA_CERTS') },
  ])
})

test('a store that does not speak TLS is a cross', async () => {
  expect(await look(createServer(offBy(0)), 'https')).toMatchObject([{ name: 'TLS', status: 'failed' }])
})

test('a certificate of a configured authority is accepted, with its remaining validity', async () => {
  const cert = fixture('localhost.cert.pem')
  const server = createSecureServer(
    { cert, key: fixture('localhost.key.pem') },
    offBy(0),
  ) as unknown as Server
  expect(await look(server, 'https', { certificateAuthority: cert.toString() })).toMatchObject([
    { name: 'TLS', status: 'ok', detail: expect.stringMatching(/certificate valid for \d+ days$/) },
    { name: 'clock', status: 'ok' },
  ])
})

test('with an unreachable proxy the cross is about the proxy, not the store', async () => {
  const proxy = `http://someone:hush@127.0.0.1:${await freePort()}`
  const [check, ...rest] = await look(createServer(offBy(0)), 'http', { proxy })
  expect(check).toMatchObject({
    name: 'proxy',
    status: 'failed',
    detail: expect.stringContaining('ECONNREFUSED'),
  })
  expect(JSON.stringify(check)).not.toContain('hush')
  expect(rest).toEqual([])
})

test.each([
  ['https://store.example', undefined, { HTTPS_PROXY: 'http://p:1' }, 'p:1'],
  ['https://store.example', 'environment', { https_proxy: 'http://p:1' }, 'p:1'],
  ['http://store.example', undefined, { HTTPS_PROXY: 'http://p:1' }, undefined],
  ['https://store.example', 'none', { HTTPS_PROXY: 'http://p:1' }, undefined],
  ['https://store.example', 'http://q:2', { HTTPS_PROXY: 'http://p:1' }, 'q:2'],
  [
    'https://s3.store.example',
    undefined,
    { HTTPS_PROXY: 'http://p:1', NO_PROXY: 'a, .store.example' },
    undefined,
  ],
  ['https://my-store.example', undefined, { HTTPS_PROXY: 'http://p:1', NO_PROXY: 'store.example' }, 'p:1'],
  ['https://store.example', undefined, { HTTPS_PROXY: 'http://p:1', NO_PROXY: '*' }, undefined],
])('%s with the proxy %s and %o goes through %s', (url, proxy, environment, host) => {
  expect(proxyOf(new URL(url), proxy, environment)?.host).toBe(host)
})
