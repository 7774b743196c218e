import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer, type RequestListener, type Server } from 'node:http'
import { createServer as createSecureServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { findingsOf, type Check } from '../src/doctor/check.js'
import { checkNetwork } from '../src/doctor/check-network.js'

const fixture = (name: string) => readFileSync(new URL(`fixtures/${name}`, import.meta.url))

async function look(server: Server, scheme: string): Promise<Check[]> {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  const checks: Check[] = []
  const { port } = server.address() as AddressInfo
  await checkNetwork(`${scheme}://127.0.0.1:${port}`, findingsOf('source', checks))
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
  if (status !== 'ok') expect(checks.at(-1)!.fix).toContain("Set this machine's clock")
})

test('a certificate that nobody vouches for is a cross that names the variable for its authority', async () => {
  const options = { cert: fixture('localhost.cert.pem'), key: fixture('localhost.key.pem') }
  expect(await look(createSecureServer(options, offBy(0)) as unknown as Server, 'https')).toMatchObject([
    { name: 'TLS', status: 'failed', fix: expect.stringContaining('NODE_EXTRA_CA_CERTS') },
  ])
})

test('a store that does not speak TLS is a cross', async () => {
  expect(await look(createServer(offBy(0)), 'https')).toMatchObject([{ name: 'TLS', status: 'failed' }])
})
