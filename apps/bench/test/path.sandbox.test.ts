import { createHash, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { connect, createServer, type AddressInfo, type Server } from 'node:net'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { startChild, type Child } from '../src/stores/child.js'

const program = new URL('../dist/stores/path-process.js', import.meta.url)
const roundTripMs = 40

let server: Server
let path: Child<number[]>
beforeEach(async () => {
  // Responds with the request once it is complete.
  server = createServer({ allowHalfOpen: true }, (socket) => {
    const received: Buffer[] = []
    socket.on('data', (chunk) => received.push(chunk))
    socket.on('end', () => socket.end(Buffer.concat(received)))
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  path = await startChild<number[]>(program, { targets: [{ host: '127.0.0.1', port }], roundTripMs })
})
afterEach(async () => {
  await path.stop()
  server.close()
})

const md5 = (body: Buffer): string => createHash('md5').update(body).digest('hex')

async function throughPath(body: Buffer): Promise<string> {
  const client = connect({ port: path.ready[0]!, allowHalfOpen: true })
  client.end(body)
  const received: Buffer[] = []
  for await (const chunk of client) received.push(chunk as Buffer)
  return md5(Buffer.concat(received))
}

test('a path passes every byte in order in both directions, with a round trip to open and one to respond', async () => {
  const body = randomBytes(9 * 1024 * 1024)
  const startedAt = performance.now()
  expect(await throughPath(body)).toBe(md5(body))
  expect(performance.now() - startedAt).toBeGreaterThanOrEqual(2 * roundTripMs)
})

test('many connections that open in the same moment all get their responses', async () => {
  const bodies = Array.from({ length: 200 }, (_, index) => Buffer.alloc(32 * 1024, index))
  expect(await Promise.all(bodies.map(throughPath))).toEqual(bodies.map(md5))
})
