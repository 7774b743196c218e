import { joinJob } from '@lagoon/jobs'
import { connectNats, operatorPermissions, workerPermissions, type NatsPermissions } from '@lagoon/jobs/nats'
import { freePort, provideNats, type NatsServer } from '@lagoon/testkit'
import { createServer } from 'node:net'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { runInProcess } from './support/run-in-process.js'
import { sandboxJob } from './support/sandbox-job.js'
import { temporaryDirectory } from './support/temporary-directory.js'

const user = (name: string, { publish, subscribe }: NatsPermissions): string =>
  `{ user: ${name}, password: ${name}-secret, permissions: { publish: ${JSON.stringify(publish)}, subscribe: ${JSON.stringify(subscribe)} } }`

const worker = workerPermissions('lake')
const config = `accounts {
  LAGOON { jetstream: enabled, users: [
    { user: all, password: all-secret }
    ${user('worker', worker)}
    ${user('operator', operatorPermissions('lake'))}
    ${user('lacking', { ...worker, publish: worker.publish.filter((subject) => subject !== '$KV.lagoon_lake.>') })}
    ${user('outsider', { publish: ['nothing'], subscribe: ['_INBOX_lagoon.>'] })}
  ] }
  FULL { jetstream { max_file: 100 }, users: [ { user: full, password: full-secret } ] }
  PLAIN { users: [ { user: plain, password: plain-secret } ] }
}`

let server: NatsServer
let monitor: string
beforeAll(async () => {
  const port = await freePort()
  monitor = `http://127.0.0.1:${port}`
  server = await provideNats({ config: `${config}\nhttp: "127.0.0.1:${port}"` })
})
afterAll(() => server.stop())

const doctor = (name: string, args: readonly string[] = ['--job', 'lake'], url = server.url) =>
  runInProcess(['doctor', '--queue', url, ...args], {
    LAGOON_QUEUE_USER: name,
    LAGOON_QUEUE_PASSWORD: `${name}-secret`,
  })

const lines = ({ rows }: Awaited<ReturnType<typeof doctor>>) =>
  rows
    .filter(({ type }) => type === 'check')
    .map(({ name, status, detail }) => `${status} ${name}: ${detail}`)

test('if all is well there are ticks, the minimal permissions, and nothing is left behind', async () => {
  const engine = await connectNats({ servers: server.url, user: 'all', password: 'all-secret' })
  onTestFinished(() => engine.close())
  const { exitCode, data, rows, text } = await doctor('all')
  expect(exitCode).toBe(0)
  expect(data).toMatchObject({ type: 'doctor', failed: 0 })
  expect(rows.map(({ place, name }) => `${place} ${name}`).slice(0, 6)).toEqual([
    'queue connection',
    'queue version',
    'queue JetStream',
    'queue permissions',
    'queue records',
    'queue durability',
  ])
  expect(rows.slice(-2)).toEqual([
    { type: 'permissions', role: 'worker', job: 'lake', ...workerPermissions('lake') },
    { type: 'permissions', role: 'operator', job: 'lake', ...operatorPermissions('lake') },
  ])
  expect(text).toMatch(/^Queue: nats:\/\/127\.0\.0\.1:\d+\n {2}✓ connection /)
  expect(text).toContain('Least permissions of a worker of the job lake\n  permissions {\n    publish: [\n')
  expect(await engine.list()).toEqual([])
})

test('the printed permissions are the ones that suffice', async () => {
  const before = await doctor('worker')
  expect(lines(before)).toContain(
    'warning permissions: a worker of the job lake, which does not exist yet; this user may not create it',
  )
  expect(lines(before)).toContain(
    'skipped records: there is no job to write to, and this user may not create one for the test',
  )
  const engine = await connectNats({ servers: server.url, user: 'operator', password: 'operator-secret' })
  onTestFinished(async () => {
    await engine.delete('lake')
    await engine.close()
  })
  await joinJob(engine, { job: 'lake', settings: {} })
  expect(lines(await doctor('operator'))).toContain('ok permissions: an operator of the job lake')
  const after = await doctor('worker')
  expect(after.exitCode).toBe(0)
  expect(lines(after)).toContain('ok permissions: a worker of the job lake; not to create or delete it')
  expect(lines(after).join()).toContain('ok records: written in ')

  const lacking = await doctor('lacking')
  expect(lacking.exitCode).toBe(2)
  expect(lines(lacking)).toContain('failed permissions: this user may not publish to $KV.lagoon_lake.>')
  // The only job of the queue needs no name.
  expect(lines(await doctor('operator', []))).toContain('ok permissions: an operator of the job lake')
})

test.each([
  ['outsider', 'failed permissions: the NATS user may not publish to $JS.API.INFO'],
  ['plain', 'failed JetStream: JetStream is not enabled on the server, or not for this account'],
  ['nobody', 'failed credentials: the NATS server refused the credentials: '],
  ['full', 'failed storage: the queue is full: '],
])('the user %s learns what is wrong, and the exit code is 2', async (name, expected) => {
  const result = await doctor(name)
  expect(result.exitCode).toBe(2)
  expect(lines(result).find((line) => line.startsWith('failed'))).toContain(expected)
  expect(JSON.stringify(result.rows)).not.toContain('-secret')
  expect(result.text).toContain('Not ready to run: 1 failed check.')
})

test('a missing or outdated server is named', async () => {
  const port = await freePort()
  const missing = await doctor('all', [], `nats://127.0.0.1:${port}`)
  expect(lines(missing)).toEqual([
    expect.stringContaining(`failed connection: no NATS server can be reached at 127.0.0.1:${port}`),
  ])
  const info = { server_id: 'x', version: '2.9.10', max_payload: 1_048_576, proto: 1, headers: true }
  const old = createServer((socket) => {
    socket.on('error', () => {}).write(`INFO ${JSON.stringify(info)}\r\n`)
    socket.on('data', (data) => void (data.includes('PING') && socket.write('PONG\r\n')))
  })
  await new Promise<void>((resolve) => old.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void old.close())
  const { port: oldPort } = old.address() as { port: number }
  expect(lines(await doctor('all', [], `nats://127.0.0.1:${oldPort}`))).toEqual([
    'failed version: nats-server 2.9.10 is too old: 2.12 or later is needed',
  ])
})

test('only what the monitoring port says counts for how records are written to disk', async () => {
  const durability = async (...args: string[]) =>
    lines(await doctor('all', ['--job', 'lake', ...args])).find((line) => line.includes(' durability: '))
  expect(await durability('--queue-monitor', monitor)).toBe(
    'warning durability: one copy; records are confirmed up to 2 min before they are on disk',
  )
  const nobody = `http://127.0.0.1:${await freePort()}`
  expect(await durability('--queue-monitor', nobody)).toContain(
    `skipped durability: one copy; whether records are on disk before they are confirmed is unknown: no monitoring port answers at ${nobody}/varz`,
  )
  const port = await freePort()
  const directory = temporaryDirectory()
  const always = await provideNats({
    config: `http: "127.0.0.1:${port}"\njetstream { store_dir: ${JSON.stringify(directory)}, sync_interval: always }`,
  })
  onTestFinished(() => always.stop())
  const address = `http://127.0.0.1:${port}`
  expect(await durability('--queue-monitor', address)).toContain('is of another server')
  const { rows } = await runInProcess(['doctor', '--queue', always.url, '--queue-monitor', address])
  expect(rows).toContainEqual({
    type: 'check',
    place: 'queue',
    name: 'durability',
    status: 'ok',
    detail: 'one copy; each record is on disk before it is confirmed',
  })
})

test('with stores both are tested beside the queue, and no disk, because the state is in the queue', async () => {
  const stores = await sandboxJob()
  await stores.putKeys('manifest/m.parquet', ['data/a'])
  const { rows } = await runInProcess(['doctor', '--queue', server.url], {
    ...stores.env,
    LAGOON_QUEUE_USER: 'all',
    LAGOON_QUEUE_PASSWORD: 'all-secret',
    LAGOON_DATA_DIR: undefined,
  })
  // The name that a run gives its job without --job.
  expect(rows.at(-1)).toMatchObject({ role: 'operator', job: expect.stringMatching(/^lake-[0-9a-f]{10}$/) })
  expect(new Set(rows.map(({ place }) => place))).toEqual(
    new Set(['source', 'destination', 'machine', 'queue', undefined]),
  )
  expect(rows.map(({ name }) => name)).not.toContain('disk')
})
