import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { sandboxJob } from './support/sandbox-job.js'
import { summaryOf } from './support/summary-of.js'

const fixture = (name: string) => fileURLToPath(new URL(`fixtures/${name}`, import.meta.url))
const caFile = fixture('localhost.cert.pem')
const tls = { cert: readFileSync(caFile, 'utf8'), key: readFileSync(fixture('localhost.key.pem'), 'utf8') }

test('a run between stores with private certificates, and a customer key at the destination', async () => {
  const job = await sandboxJob({ source: { tls }, destination: { tls } })
  const keys = ['a', 'b']
  await job.putObjects(keys)
  await job.putKeys('manifest/m.parquet', keys)
  const secret = randomBytes(32).toString('base64')
  const env = {
    LAGOON_SOURCE_CA_FILE: caFile,
    LAGOON_DESTINATION_CA_FILE: caFile,
    LAGOON_DESTINATION_SSE_C_KEY: secret,
  }
  const result = await job.run(['--json'], { env })
  expect(result.code).toBe(0)
  expect(summaryOf(result)).toMatchObject({ completed: 2, failed: 0 })
  const [put] = job.destination.requests.matching({ operation: 'PutObject' })
  expect(put!.headers['x-amz-server-side-encryption-customer-key']).toBe(secret)
  const verified = await job.run(['verify'], { env })
  expect(verified.code).toBe(0)
  for (const text of [result.stdout, result.stderr, verified.stdout, verified.stderr])
    expect(text).not.toContain(secret)
})

test('an untrusted certificate is a wrong endpoint, with a hint', async () => {
  const job = await sandboxJob({ source: { tls } })
  const { code, stderr } = await job.run()
  expect(code).toBe(2)
  expect(stderr).toMatch(/LAGOON_TRANSFER_ENDPOINT_UNREACHABLE/)
  expect(stderr).toMatch(/certificate was refused/)
})

const remote = 'http://s3.example.com'
const customerKey = randomBytes(32).toString('base64')
test.each([
  [
    'a key of the customer’s own over http',
    { LAGOON_SOURCE_ENDPOINT_URL: remote, LAGOON_SOURCE_SSE_C_KEY: customerKey },
  ],
  ['a FIPS endpoint beside an endpoint URL', { LAGOON_SOURCE_FIPS: 'true' }],
])('%s is impossible: no request is sent, exit code 2', async (_, env) => {
  const job = await sandboxJob()
  const { code, stderr } = await job.run([], { env })
  expect(code).toBe(2)
  expect(stderr).toContain('LAGOON_TRANSFER_INVALID_OPTION')
  expect(job.source.requests.total + job.destination.requests.total).toBe(0)
})

test('a bucket that wants a digest with every write gets one from the first request on', async () => {
  const job = await sandboxJob({ destination: { dialect: { checksums: 'required' } } })
  const encrypted = { headers: { 'x-amz-server-side-encryption': 'aws:kms' } }
  await job.source.store.put('lake', 'k', Buffer.alloc(2 * 2 ** 20, 'x'), encrypted)
  await job.putKeys('manifest/m.parquet', ['k'])
  const result = await job.run([], { env: { LAGOON_DESTINATION_REQUIRE_DIGESTS: 'true' } })
  expect(result.code).toBe(0)
  const puts = job.destination.requests.matching({ operation: 'PutObject' })
  expect(puts.map(({ status }) => status)).toEqual([200])
  expect(puts[0]!.headers['content-md5']).toBeDefined()
})

test('multipart uploads begin at the given size', async () => {
  const job = await sandboxJob()
  await job.source.store.put('lake', 'k', Buffer.alloc(7 * 2 ** 20))
  await job.putKeys('manifest/m.parquet', ['k'])
  const result = await job.run(['--multipart-threshold', '6MiB', '--part-size', '5MiB'])
  expect(result.code).toBe(0)
  expect(job.destination.requests.byOperation).toMatchObject({ UploadPart: 2, CompleteMultipartUpload: 1 })
})
