import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { refuseBesideQueue, requireQueue, resolveQueue } from '../src/queue/queue-settings.js'
import { resolveReport } from '../src/options/report-file.js'
import { settingsOf } from './support/settings.js'
import { temporaryDirectory } from './support/temporary-directory.js'

const queue = 'nats://one:4222'

test('--queue is optional, and a command that needs it names the flag', () => {
  expect(resolveQueue(settingsOf())).toBeUndefined()
  expect(() => requireQueue(settingsOf())).toThrow(/--queue is not set/)
})

test('servers, name, times and rows are read from flags and variables', () => {
  const settings = settingsOf(
    {
      queue: 'tls://one:4222, tls://two:4222',
      job: 'lake_2',
      'lease-s': '5',
      'checkpoint-interval-s': '0.5',
      'job-max-bytes-per-second': '10GB',
    },
    {
      LAGOON_ITEM_ROWS: '4096',
      LAGOON_IDLE_EXIT: '5m',
      LAGOON_QUEUE_USER: 'worker',
      LAGOON_QUEUE_PASSWORD: 'pw',
    },
  )
  expect(resolveQueue(settings)).toEqual({
    nats: { servers: ['tls://one:4222', 'tls://two:4222'], user: 'worker', password: 'pw' },
    job: 'lake_2',
    leaseMs: 5000,
    itemRows: 4096,
    checkpointIntervalMs: 500,
    idleExitMs: 300_000,
    jobSettings: { 'max-bytes-per-second': 10e9 },
  })
})

test('secrets of the queue are never shown', () => {
  const secret = {
    LAGOON_QUEUE_PASSWORD: 'secret-1',
    LAGOON_QUEUE_TOKEN: 'secret-2',
    LAGOON_QUEUE_NKEY_SEED: 'secret-3',
  }
  expect(settingsOf({}, secret).secrets()).toEqual(['secret-1', 'secret-2', 'secret-3'])
})

test.each([
  [{ queue: 'localhost' }, /^--queue is "localhost", which is not the URL of a NATS server/],
  [{ queue: 'http://one:4222' }, /which is not the URL of a NATS server/],
  [{ queue: ' , ' }, /^--queue names no server/],
  [{ queue: 'nats://bob:hunter22@one:4222' }, /^--queue contains a user name or a password$/],
  [{ queue, job: 'a lake' }, /^--job is "a lake"/],
  [{ queue, 'queue-monitor': 'nats:8222' }, /^--queue-monitor is "nats:8222", which is not the monitoring/],
  [{ queue, 'queue-monitor': 'http://me:hush@nats:8222' }, /^--queue-monitor is "(?!.*hush)/],
  [{ queue, job: 'x'.repeat(65) }, /^--job is/],
  [{ queue, 'lease-s': '0' }, /--lease-s/],
  [{ queue, 'item-rows': '70000' }, /--item-rows/],
  [{ queue, 'idle-exit': 'soon' }, /^--idle-exit is "soon"/],
  [
    { queue, 'queue-creds': '/nowhere/lagoon.creds' },
    /^--queue-creds: \/nowhere\/lagoon.creds cannot be read/,
  ],
])('%o is refused, and no secret is shown', (flags, message) => {
  const attempt = () => resolveQueue(settingsOf(flags))
  expect(attempt).toThrow(
    expect.objectContaining({ exitCode: 2, message: expect.stringMatching(message) as string }),
  )
  expect(attempt).not.toThrow(/hunter22/)
})

test('a client certificate without its key is refused', () => {
  const cert = join(temporaryDirectory(), 'cert.pem')
  writeFileSync(cert, '')
  expect(() => resolveQueue(settingsOf({ queue, 'queue-cert-file': cert }))).toThrow(
    /--queue-cert-file is set, but --queue-key-file is not/,
  )
})

test.each([
  [{ 'data-dir': 'data' }, /^--queue and --data-dir cannot be combined/],
  [{ shard: '0/2' }, /^--queue and --shard cannot be combined/],
  [{ report: 'report.parquet' }, /^--queue and --report report.parquet cannot be combined/],
  [{ report: 's3://b/p/', 'report-mode': 'append' }, /^--queue and --report-mode cannot be combined/],
  [{ manifest: ['keys.csv', '-'] }, /^--queue and --manifest - cannot be combined/],
  [{ manifest: ['./keys.csv'] }, /^--queue and --manifest .\/keys.csv cannot be combined/],
  [{ manifest: ['/srv/keys.csv'] }, /cannot be combined/],
])('--queue beside %o is refused with what to do instead', (flags, message) => {
  expect(() => refuseBesideQueue(settingsOf({ queue, ...flags }))).toThrow(
    expect.objectContaining({
      code: 'LAGOON_CLI_CONFLICT',
      exitCode: 2,
      message: expect.stringMatching(message) as string,
      hint: expect.stringMatching(/\.$/) as string,
    }),
  )
})

test('--queue works with manifests and reports in buckets, and with the data directory that an image sets', () => {
  const flags = { queue, manifest: ['keys.csv', 's3://lists/keys.csv'], report: 's3://reports/lake/' }
  expect(() => refuseBesideQueue(settingsOf(flags, { LAGOON_DATA_DIR: '/data' }))).not.toThrow()
})

test.each([
  [{ report: 's3://reports/lake/' }, /^--report is s3:\/\/reports\/lake\/, but --queue is not set/],
  [{ queue, report: 's3://reports/{run}/' }, /^--report is "s3:\/\/reports\/\{run\}\/"/],
  [{ queue, report: 's3://' }, /^--report is "s3:\/\/"/],
])('a report on a bucket: %o is refused', (flags, message) => {
  expect(() => resolveReport(settingsOf(flags))).toThrow(message)
})
