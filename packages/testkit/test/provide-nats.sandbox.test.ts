import { once } from 'node:events'
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { provideNats } from '../src/index.js'
import { provideNatsIn } from '../src/nats/provide-nats.js'
import { cachedBinaryPath } from '../src/go-binary.js'
import { NATS } from '../src/nats/provide-nats.js'

/** The server's greeting to a client. */
async function infoOf(url: string): Promise<{ jetstream?: boolean; version: string }> {
  const { hostname, port } = new URL(url)
  const socket = connect(Number(port), hostname)
  const [chunk] = (await once(socket, 'data')) as [Buffer]
  socket.destroy()
  return JSON.parse(chunk.toString('utf8').replace(/^INFO /, '')) as { jetstream?: boolean; version: string }
}

test('a server started for a test has JetStream, survives a kill, and is gone after stop', async () => {
  const server = await provideNats({ jetstream: true })
  const first = server.pid
  expect(await infoOf(server.url)).toMatchObject({ jetstream: true })
  await server.kill()
  await expect(infoOf(server.url)).rejects.toThrow()
  await server.restart()
  expect(server.pid).not.toBe(first)
  expect(await infoOf(server.url)).toMatchObject({ jetstream: true })
  await server.stop()
  await expect(infoOf(server.url)).rejects.toThrow()
})

test('a server without JetStream can be started', async () => {
  const server = await provideNats({ jetstream: false })
  expect(await infoOf(server.url)).not.toHaveProperty('jetstream')
  await server.stop()
})

test('a server in the environment is used as it is', async () => {
  const server = await provideNatsIn({ LAGOON_TEST_NATS_URL: 'nats://elsewhere:4222' })
  expect(server).toMatchObject({ url: 'nats://elsewhere:4222', pid: null })
  await expect(server.kill()).rejects.toMatchObject({ code: 'LAGOON_TESTKIT_OPTION_INVALID' })
  await server.stop()
})

test("a wrong configuration is reported with the server's words", async () => {
  await expect(provideNats({ config: 'no_such_setting: 1' })).rejects.toMatchObject({
    code: 'LAGOON_TESTKIT_NATS_FAILED',
    message: expect.stringContaining('no_such_setting'),
  })
})

test('without nats-server and Go the error says how to get one; a cached build is used', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'lagoon-nats-cache-'))
  const env = { PATH: directory, XDG_CACHE_HOME: directory }
  await expect(provideNatsIn(env)).rejects.toMatchObject({
    code: 'LAGOON_TESTKIT_NATS_UNAVAILABLE',
    hint: expect.stringContaining('go install github.com/nats-io/nats-server/v2@v2.15.3'),
  })
  // Another program of that name is not mistaken for the server.
  await writeFile(join(directory, 'nats-server'), '#!/bin/sh\necho "something else"\n')
  await chmod(join(directory, 'nats-server'), 0o755)
  await expect(provideNatsIn(env)).rejects.toMatchObject({ code: 'LAGOON_TESTKIT_NATS_UNAVAILABLE' })
  expect(cachedBinaryPath(NATS, env)).toBe(join(directory, 'lagoon/v2.15.3/nats-server'))
  await rm(directory, { recursive: true })
})
