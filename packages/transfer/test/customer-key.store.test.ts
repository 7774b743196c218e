import { GetObjectCommand, HeadObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3'
import { endpointOf, provideMinio, storePair, type MinioServer } from '@lagoon/testkit'
import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createSimpleRunner, type CopierOptions, type EndpointOptions } from '../src/index.js'
import { freshBucket, type TestBucket } from './support/buckets.js'
import { bodyOf, putInParts } from './support/objects.js'
import { testCopier } from './support/test-copier.js'

const MIB = 1024 ** 2
const runner = createSimpleRunner({ maxAttempts: 2, baseDelayMs: 1 })
const cert = readFileSync(new URL('fixtures/localhost.cert.pem', import.meta.url), 'utf8')
const key = readFileSync(new URL('fixtures/localhost.key.pem', import.meta.url), 'utf8')

let server: MinioServer

// MinIO takes keys of the customer's own over HTTPS only.
describe.skipIf(storePair().kind !== 'minio')('a MinIO over HTTPS', () => {
  beforeAll(async () => {
    server = await provideMinio({ tls: { key, cert } })
  })
  afterAll(() => server.stop())

  /** A bucket of which all objects have their own key. */
  async function encryptedBucket(): Promise<TestBucket & { sse: object }> {
    const bucket = await freshBucket(endpointOf(server))
    const secret = randomBytes(32)
    const options = { ...bucket.options, sseCustomerKey: secret.toString('base64') }
    return { ...bucket, options, sse: { SSECustomerAlgorithm: 'AES256', SSECustomerKey: secret as never } }
  }

  async function read({ client, bucket }: TestBucket, sse: object = {}): Promise<Buffer> {
    const { Body } = await client.send(new GetObjectCommand({ Bucket: bucket, Key: 'k', ...sse }))
    return Buffer.from(await Body!.transformToByteArray())
  }

  function copy(source: EndpointOptions, destination: EndpointOptions, more: Partial<CopierOptions> = {}) {
    const parts = { multipartThresholdBytes: 5 * MIB, partSizeBytes: 5 * MIB }
    return testCopier({ source, destination, ...parts, ...more }).copy({ key: 'k' }, runner)
  }

  it.each([
    ['gathered', 70_000],
    ['streamed', 2 * MIB],
    ['in parts', 6 * MIB],
  ])('writes, reads and copies an object with the customer’s key, %s', async (_, sizeBytes) => {
    const [plain, one, two] = [
      await freshBucket(endpointOf(server)),
      await encryptedBucket(),
      await encryptedBucket(),
    ]
    const body = bodyOf(sizeBytes)
    await plain.client.send(new PutObjectCommand({ Bucket: plain.bucket, Key: 'k', Body: body }))
    expect(await copy(plain.options, one.options, { serverSideCopy: 'never' })).toMatchObject({ ok: true })
    expect((await read(one, one.sse)).equals(body)).toBe(true)
    await expect(read(one)).rejects.toThrow()

    expect(await copy(one.options, two.options, { serverSideCopy: 'never' })).toMatchObject({ ok: true })
    expect((await read(two, two.sse)).equals(body)).toBe(true)
    const head = new HeadObjectCommand({ Bucket: two.bucket, Key: 'k', ...two.sse })
    expect(await two.client.send(head)).toMatchObject({ SSECustomerAlgorithm: 'AES256' })

    expect(await copy(two.options, plain.options, { serverSideCopy: 'always' })).toMatchObject({ ok: true })
    expect((await read(plain)).equals(body)).toBe(true)
    expect(await copy(plain.options, one.options, { serverSideCopy: 'always' })).toMatchObject({ ok: true })
    expect((await read(one, one.sse)).equals(body)).toBe(true)
  })

  it('reads a multipart object with the customer’s key', async () => {
    const [plain, one] = [await freshBucket(endpointOf(server)), await encryptedBucket()]
    const body = bodyOf(6 * MIB)
    await putInParts(one, 'k', body, [5 * MIB, MIB], one.sse)
    expect(await copy(one.options, plain.options)).toMatchObject({ ok: true })
    expect((await read(plain)).equals(body)).toBe(true)
  })

  it('is not trusted without its authority', async () => {
    const { options } = await freshBucket(endpointOf(server))
    const { certificateAuthority: _, ...unknown } = options
    expect(await copy(unknown, { ...options, bucket: `${options.bucket}-2` })).toMatchObject({
      ok: false,
      failure: { code: 'CertificateRefused', class: 'permanent' },
    })
  })
})
