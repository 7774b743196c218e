import { freePort } from '@lagoon/testkit'
import type { Operation } from '@lagoon/s3-sandbox'
import { expect, test } from 'vitest'
import type { Check } from '../src/doctor/check.js'
import { expectExit } from './support/expect-exit.js'
import type { CliResult } from './support/run-cli.js'
import { sandboxJob } from './support/sandbox-job.js'

const checksOf = (result: CliResult) =>
  result.events().filter(({ type }) => type === 'check') as unknown as Check[]

const find = (result: CliResult, place: string, name: string) =>
  checksOf(result).find((check) => check.place === place && check.name === name)

const readyJob = async () => {
  const job = await sandboxJob()
  await job.putObjects(['data/a'])
  await job.putKeys('manifest/m.parquet', ['data/a'])
  await job.source.store.put('lake', 'manifest/notes.bin', Buffer.alloc(100_000))
  return job
}

test('if all is well there are only ticks, exit 0, and nothing is left at the destination', async () => {
  const job = await readyJob()
  const result = await job.run(['doctor', '--json', '--max-concurrency', '16'])
  expectExit(result, 0)
  expect(result.stderr).toBe('')
  // The manifest of the test has no checksum beside its ETag.
  const others = checksOf(result).filter(({ status }) => status !== 'ok')
  expect(others.map(({ place, name, status }) => [place, name, status])).toEqual([
    ['source', 'checksums', 'skipped'],
  ])
  expect(result.events().at(-1)).toMatchObject({ type: 'doctor', failed: 0, warnings: 0 })
  expect(job.copied()).toEqual([])
  expect(job.destination.store.uploads('copy')).toEqual([])
})

test('a person sees a table, and that a run can work', async () => {
  const job = await readyJob()
  const { code, stdout } = await job.run(['doctor', '--max-concurrency', '16'])
  expect(code).toBe(0)
  expect(stdout).toMatch(/^Source: lake at http.*\n {2}✓ connection/)
  expect(stdout).toContain('Destination: copy at http')
  expect(stdout).toMatch(/Ready to run\.\n$/)
})

test.each<[place: 'source' | 'destination', Operation, name: string, status: string, permission: string]>([
  ['source', 'ListObjectsV2', 'list', 'failed', 's3:ListBucket'],
  ['source', 'GetObject', 'read', 'failed', 's3:GetObject'],
  ['source', 'GetObjectTagging', 'read tags', 'warning', 's3:GetObjectTagging'],
  ['destination', 'ListObjectsV2', 'list', 'failed', 's3:ListBucket'],
  ['destination', 'PutObject', 'write', 'failed', 's3:PutObject'],
  ['destination', 'CreateMultipartUpload', 'multipart', 'failed', 's3:PutObject'],
  ['destination', 'UploadPart', 'multipart', 'failed', 's3:PutObject'],
  ['destination', 'ListParts', 'resume uploads', 'warning', 's3:ListMultipartUploadParts'],
  ['destination', 'CompleteMultipartUpload', 'complete uploads', 'failed', 's3:PutObject'],
  ['destination', 'AbortMultipartUpload', 'abort uploads', 'warning', 's3:AbortMultipartUpload'],
  ['destination', 'GetObject', 'read back', 'warning', 's3:GetObject'],
  ['destination', 'PutObjectTagging', 'tags', 'warning', 's3:PutObjectTagging'],
  ['destination', 'DeleteObject', 'delete', 'warning', 's3:DeleteObject'],
])(
  'at the %s without %s, "%s" is %s with the policy statement for %s',
  async (place, operation, name, status, permission) => {
    const job = await readyJob()
    job[place].faults.add({ operation, action: { type: 'error', code: 'AccessDenied' } })
    const result = await job.run(['doctor', '--json'])
    expectExit(result, status === 'failed' ? 2 : 0)
    const bucket = place === 'source' ? 'lake' : 'copy'
    const resource = permission === 's3:ListBucket' ? bucket : `${bucket}/*`
    expect(find(result, place, name)).toMatchObject({
      status,
      detail: expect.stringContaining('AccessDenied'),
      fix: expect.stringContaining(
        `Add to the policy of these credentials: {"Effect":"Allow","Action":"${permission}","Resource":"arn:aws:s3:::${resource}"}`,
      ),
    })
  },
)

test.each(['source', 'destination'] as const)(
  'a wrong region of the %s is a warning with the right one, because a run learns it itself',
  async (place) => {
    const job = await readyJob()
    const wrong = { [`LAGOON_${place.toUpperCase()}_REGION`]: 'eu-west-1' }
    const result = await job.run(['doctor', '--json', '--max-concurrency', '16'], { env: wrong })
    expectExit(result, 0)
    expect(find(result, place, 'region')).toMatchObject({
      status: 'warning',
      detail: expect.stringContaining('in us-east-1, not in eu-west-1'),
      fix: `Set LAGOON_${place.toUpperCase()}_REGION to us-east-1.`,
    })
    expect(result.events().at(-1)).toMatchObject({ failed: 0, warnings: 1 })
    expectExit(await job.run([], { env: wrong }), 0)
  },
)

test('a store that ignores conditions is detected, and nothing depends on it', async () => {
  const job = await readyJob()
  job.destination.faults.add({
    operation: 'PutObject',
    where: ({ headers }) => headers['if-none-match'] === '*',
    action: { type: 'answer', status: 200, headers: { etag: '"x"' } },
  })
  const result = await job.run(['doctor', '--json'])
  expectExit(result, 0)
  expect(find(result, 'destination', 'conditional writes')).toMatchObject({
    status: 'warning',
    detail: 'If-None-Match is ignored',
  })
})

test('a store that treats keys as paths is detected', async () => {
  const job = await readyJob()
  job.destination.setDialect({ slashes: 'path' })
  const result = await job.run(['doctor', '--json'])
  expectExit(result, 0)
  expect(find(result, 'destination', 'keys')).toMatchObject({
    status: 'warning',
    detail: 'the store treats keys as paths: // becomes /',
    fix: expect.stringContaining('lagoon verify'),
  })
})

test('a store that does not respond is one cross, and the other side is tested nevertheless', async () => {
  const job = await readyJob()
  const result = await job.run(['doctor', '--json'], {
    env: { LAGOON_SOURCE_ENDPOINT_URL: `http://127.0.0.1:${await freePort()}` },
  })
  expectExit(result, 2)
  expect(checksOf(result).filter(({ place }) => place === 'source')).toMatchObject([
    { name: 'connection', status: 'failed', detail: expect.stringContaining('ECONNREFUSED') },
  ])
  expect(find(result, 'destination', 'write')).toMatchObject({ status: 'ok' })
})

test('an unknown host name is told apart from a store that is down', async () => {
  const job = await readyJob()
  const env = { LAGOON_SOURCE_ENDPOINT_URL: 'http://store.invalid:9000' }
  const result = await job.run(['doctor', '--json'], { env })
  expectExit(result, 2)
  expect(checksOf(result)[0]).toMatchObject({ place: 'source', name: 'name', status: 'failed' })
})

test.each([
  [
    'LAGOON_SOURCE_SECRET_ACCESS_KEY',
    'wrong-secret',
    'credentials',
    'SignatureDoesNotMatch',
    'Check LAGOON_SOURCE_ACCESS_KEY_ID and',
  ],
  [
    'LAGOON_SOURCE_ACCESS_KEY_ID',
    'nobody',
    'credentials',
    'InvalidAccessKeyId',
    'Check LAGOON_SOURCE_ACCESS_KEY_ID and',
  ],
  [
    'LAGOON_SOURCE_BUCKET',
    'not-there',
    'list',
    'NoSuchBucket',
    'Create the bucket not-there, or correct LAGOON_SOURCE_BUCKET',
  ],
])('with %s=%s there is a cross at %s that says %s', async (variable, value, name, code, fix) => {
  const job = await readyJob()
  const result = await job.run(['doctor', '--json'], { env: { [variable]: value } })
  expectExit(result, 2)
  expect(find(result, 'source', name)).toMatchObject({
    status: 'failed',
    detail: expect.stringContaining(code),
    fix: expect.stringContaining(fix),
  })
  expect(checksOf(result).filter(({ status }) => status === 'failed')).toHaveLength(1)
})

test('the first object of a manifest is tested, too, because policies often allow only some prefixes', async () => {
  const job = await readyJob()
  job.source.faults.add({
    operation: 'GetObject',
    key: 'data/a',
    action: { type: 'error', code: 'AccessDenied' },
  })
  const result = await job.run(['doctor', '--json'])
  expectExit(result, 2)
  expect(find(result, 'source', 'read')).toMatchObject({ status: 'ok' })
  expect(find(result, 'source', 'first object')).toMatchObject({
    status: 'failed',
    detail: expect.stringContaining('data/a'),
    fix: expect.stringContaining('s3:GetObject'),
  })
})

test('an unreadable manifest is a cross with the reason', async () => {
  const job = await sandboxJob()
  await job.source.store.put('lake', 'manifest/m.parquet', 'no parquet at all')
  const result = await job.run(['doctor', '--json'])
  expectExit(result, 2)
  expect(find(result, 'source', 'manifest')).toMatchObject({ status: 'failed', fix: expect.any(String) })
})

test("the probe is written like a run's objects: prefix, storage class, ACL, encryption", async () => {
  const job = await readyJob()
  const flags = [
    '--add-prefix',
    'new/',
    '--storage-class',
    'STANDARD_IA',
    '--acl',
    'bucket-owner-full-control',
  ]
  const put = job.destination.requests.next({ operation: 'PutObject' })
  await job.run(['doctor', '--json', ...flags, '--sse', 'AES256'])
  const { key, headers } = await put
  expect(key).toMatch(/^new\/\.lagoon-doctor-/)
  expect(headers).toMatchObject({
    'x-amz-storage-class': 'STANDARD_IA',
    'x-amz-acl': 'bucket-owner-full-control',
    'x-amz-server-side-encryption': 'AES256',
  })
})

test('permissions for --copy-tags are a cross with it, and a warning without', async () => {
  const job = await readyJob()
  for (const side of [job.source, job.destination]) {
    for (const operation of ['GetObjectTagging', 'PutObjectTagging'] as const)
      side.faults.add({ operation, action: { type: 'error', code: 'AccessDenied' } })
  }
  expectExit(await job.run(['doctor']), 0)
  const { stdout, code } = await job.run(['doctor', '--copy-tags'])
  expect(code).toBe(2)
  expect(stdout).toContain('Not ready to run: 2 failed checks.')
})

test('a few bytes say nothing about the bandwidth', async () => {
  const job = await sandboxJob()
  await job.source.store.put('lake', 'manifest/keys.txt', 'data/a')
  const result = await job.run(['doctor', '--json'])
  expect(find(result, 'source', 'bandwidth')).toMatchObject({
    status: 'skipped',
    detail: 'the largest object found has 6 B: too small to measure',
  })
})

test('an empty prefix is a warning that names the flag', async () => {
  const job = await sandboxJob()
  const result = await job.run(['doctor', '--json'])
  expectExit(result, 0)
  expect(find(result, 'source', 'list')).toMatchObject({
    status: 'warning',
    fix: expect.stringContaining('--manifest-prefix'),
  })
  expect(find(result, 'source', 'read')).toMatchObject({ status: 'skipped' })
})

test('requests are like those of a run: who pays, and the customer key', async () => {
  const job = await readyJob()
  const key = Buffer.alloc(32, 7).toString('base64')
  const read = job.source.requests.next({ operation: 'GetObject' })
  const written = job.destination.requests.next({ operation: 'PutObject' })
  const result = await job.run(['doctor', '--json'], {
    env: { LAGOON_SOURCE_REQUESTER_PAYS: 'true', LAGOON_DESTINATION_SSE_C_KEY: key },
  })
  expectExit(result, 0)
  expect((await read).headers['x-amz-request-payer']).toBe('requester')
  expect((await written).headers['x-amz-server-side-encryption-customer-key']).toBe(key)
  expect(find(result, 'destination', 'read back')).toMatchObject({ status: 'ok' })
  expect(result.stdout + result.stderr).not.toContain(key)
})

test('manifests may be unencrypted beside objects with a customer key', async () => {
  const job = await readyJob()
  const result = await job.run(['doctor', '--json'], {
    env: { LAGOON_SOURCE_SSE_C_KEY: Buffer.alloc(32, 7).toString('base64') },
  })
  expect(find(result, 'source', 'read')).toMatchObject({ status: 'ok' })
  expect(find(result, 'source', 'manifest')).toMatchObject({ status: 'ok' })
})
