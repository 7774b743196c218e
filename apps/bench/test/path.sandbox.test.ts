import { createHash, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { connect, createServer, type AddressInfo } from 'node:net'
import { expect, test } from 'vitest'
import { startChild } from '../src/stores/child.js'
import type { PathRole } from '../src/stores/path-process.js'

const program = new URL('../dist/stores/path-process.js', import.meta.url)

test('a path passes every byte in order in both directions, and takes a round trip to open and one to answer', async () => {
  const body = randomBytes(9 * 1024 * 1024)
  // Answers with what came, once all of it has come.
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    const received: Buffer[] = []
    socket.on('data', (chunk) => received.push(chunk))
    socket.on('end', () => socket.end(Buffer.concat(received)))
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const role: PathRole = {
    targets: [{ host: '127.0.0.1', port: (server.address() as AddressInfo).port }],
    roundTripMs: 40,
  }
  const path = await startChild<number[]>(program, role)
  const startedAt = performance.now()
  const client = connect({ port: path.ready[0]!, allowHalfOpen: true })
  client.end(body)
  const answer = createHash('md5')
  for await (const chunk of client) answer.update(chunk as Buffer)
  expect(answer.digest('hex')).toBe(createHash('md5').update(body).digest('hex'))
  expect(performance.now() - startedAt).toBeGreaterThanOrEqual(2 * role.roundTripMs)
  await path.stop()
  server.close()
})
