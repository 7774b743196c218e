import { joinJob } from '@lagoon/jobs'
import { connectNats, workerPermissions } from '@lagoon/jobs/nats'
import { provideNats, type NatsServer } from '@lagoon/testkit'
import { createServer, type Server } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { describeFailure } from '../src/output/describe-failure.js'
import { runInProcess } from './support/run-in-process.js'
import { sandboxJob } from './support/sandbox-job.js'

let server: NatsServer
let old: Server

const list = (subjects: readonly string[]): string =>
  subjects.map((subject) => JSON.stringify(subject)).join(', ')

beforeAll(async () => {
  const { publish, subscribe } = workerPermissions('lake')
  server = await provideNats({
    config: `
      accounts {
        LAGOON { jetstream: enabled, users: [
          { user: all, password: all-secret }
          { user: worker, password: worker-secret, permissions: { publish: [${list(publish)}], subscribe: [${list(subscribe)}] } }
        ] }
        FULL { jetstream: { max_file: 100 }, users: [{ user: full, password: full-secret }] }
        PLAIN { users: [{ user: plain, password: plain-secret }] }
      }`,
  })
  const info = { server_id: 'x', version: '2.9.10', max_payload: 1_048_576, proto: 1, headers: true }
  old = createServer((socket) => {
    socket.on('error', () => {}).write(`INFO ${JSON.stringify(info)}\r\n`)
    socket.on('data', (data) => void (data.includes('PING') && socket.write('PONG\r\n')))
  })
  await new Promise<void>((resolve) => old.listen(0, '127.0.0.1', resolve))
})
afterAll(async () => {
  old.close()
  await server.stop()
})

const oldUrl = () => `nats://127.0.0.1:${(old.address() as { port: number }).port}`

/** How a command ends that can't use the queue: its line on stderr, and its exit code. */
async function refusal(args: readonly string[], user: string, url = server.url) {
  const lake = await sandboxJob()
  await lake.putObjects(['a'])
  await lake.putKeys('manifest/1.parquet', ['a'])
  const env = {
    ...lake.env,
    LAGOON_QUEUE: url,
    LAGOON_QUEUE_USER: user,
    LAGOON_QUEUE_PASSWORD: `${user}-secret`,
    LAGOON_QUEUE_PATIENCE_S: '0',
    LAGOON_JOB: 'lake',
  }
  const { error, exitCode } = await runInProcess(args, env).then(
    (outcome) => ({ error: outcome.failure, exitCode: outcome.exitCode }),
    (thrown: unknown) => ({ error: thrown, exitCode: describeFailure(thrown).exitCode }),
  )
  const { line } = describeFailure(error)
  expect(lake.copied()).toEqual([])
  return { line, exitCode }
}

test.each([
  ['nobody', 2, /the NATS server refused the credentials.*LAGOON_JOBS_CREDENTIALS_REFUSED/],
  ['worker', 2, /may not publish .*\$JS\.API\.STREAM\.CREATE\.LAGOON_lake.*LAGOON_JOBS_PERMISSION_DENIED/],
  ['plain', 2, /JetStream is not enabled.*LAGOON_JOBS_JETSTREAM_OFF/],
  // A store may have room again: it is waited for, up to --queue-patience-s.
  ['full', 5, /the queue is full.*LAGOON_JOBS_STORE_FULL/],
])('a run as the user %s of the queue copies nothing and ends with %i', async (user, code, expected) => {
  const { line, exitCode } = await refusal([], user)
  expect(line).toMatch(expected)
  expect(line).not.toContain('-secret')
  expect(exitCode).toBe(code)
})

test.each([
  ['that is not there', () => 'nats://127.0.0.1:9', /no NATS server can be reached at 127\.0\.0\.1:9/],
  ['of an older release', oldUrl, /nats-server 2\.9\.10 is too old: 2\.12 or later is needed/],
])('a server %s is named', async (_, url, expected) => {
  expect(await refusal([], 'all', url())).toMatchObject({
    line: expect.stringMatching(expected) as string,
    exitCode: 2,
  })
})

test.each([[['worker']], [['verify']], [['plan']], [['--dry-run']], [['status']]])(
  '%j says the same of wrong credentials',
  async (args) => {
    const { line, exitCode } = await refusal(args, 'nobody')
    expect(line).toMatch(/refused the credentials/)
    expect(exitCode).toBe(2)
  },
)

test('a job of another version of the protocol is refused by all who would work on it', async () => {
  const engine = await connectNats({ servers: server.url, user: 'all', password: 'all-secret' })
  try {
    const job = await joinJob(engine, { job: 'lake', settings: {} })
    await job.records.put('meta', Buffer.from(JSON.stringify({ protocol: 0, settings: {}, state: 'open' })))
    for (const args of [[], ['worker'], ['--dry-run']]) {
      expect(await refusal(args, 'all')).toMatchObject({
        line: expect.stringContaining('the job uses version 0 of the protocol') as string,
        exitCode: 2,
      })
    }
  } finally {
    await engine.delete('lake')
    await engine.close()
  }
})
