import fc from 'fast-check'
import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import {
  DEFAULT_LIMITS,
  resolveOptions,
  startSandbox,
  type Sandbox,
  type SandboxOptions,
} from '../src/index.js'
import { startChecksum } from '../src/checksum/algorithms.js'
import { decodeChunkedBody } from '../src/auth/chunked-body.js'
import { ask } from './ask.js'

const open = (options: Parameters<typeof startSandbox>[0] = {}): Promise<Sandbox> =>
  startSandbox({ credentials: null, buckets: ['b'], ...options })

test('the defaults are pinned', () => {
  const { now, ...rest } = resolveOptions()
  expect(now).toBe(Date.now)
  expect(rest).toEqual({
    port: 0,
    host: '127.0.0.1',
    domain: 'localhost',
    tls: null,
    region: 'us-east-1',
    credentials: { accessKeyId: 'sandbox', secretAccessKey: 'sandbox-secret' },
    directory: null,
    keepBytes: true,
    madeUp: null,
    buckets: [],
    faults: [],
    shape: {},
    dialect: {},
    limits: DEFAULT_LIMITS,
    seed: 1,
    logSize: 10_000,
    onRequest: null,
  })
})

test.each([
  ['port', { port: 70_000 }],
  ['logSize', { logSize: -1 }],
  ['credentials', { credentials: { accessKeyId: '', secretAccessKey: 'x' } }],
  ['limits.maxParts', { limits: { maxParts: 1.5 } }],
  ['limits.maxPart', { limits: { maxPart: 1 } }],
  ['limits.conditionalPut', { limits: { conditionalPut: 'no' } }],
  ['limits.defaultChecksum', { limits: { defaultChecksum: 'md5' } }],
  ['keepByte', { keepByte: false }],
  ['region', { region: 1 }],
  ['buckets', { buckets: 'b' }],
  ['tls.ca', { tls: { key: '', cert: '', ca: '' } }],
  ['seed', { seed: 0.5 }],
  ['onRequest', { onRequest: 'log' }],
  ['dialect.etag', { dialect: { etag: 'upper-case' } }],
  ['dialect.etags', { dialect: { etags: 'upper' } }],
  ['dialect.listing', { dialect: [{ listing: 'v2' }, { listing: 'v3' }] }],
  ['dialect.withoutMarkers', { dialect: { withoutMarkers: ['GetObject'] } }],
  ['dialect.refuses', { dialect: { refuses: 'x-amz-tagging' } }],
  ['dialect.xml.prefix', { dialect: { xml: { prefix: 'a b' } } }],
  ['dialect.xml.cdatas', { dialect: { xml: { cdatas: true } } }],
])('an impossible %s is refused', (option, options) => {
  expect(() => resolveOptions(options as SandboxOptions)).toThrow(
    expect.objectContaining({
      code: 'LAGOON_SANDBOX_OPTION_INVALID',
      message: expect.stringContaining(option),
    }),
  )
})

test('a port in use is an error with a hint', async () => {
  await using first = await open()
  await expect(open({ port: first.port })).rejects.toMatchObject({
    code: 'LAGOON_SANDBOX_LISTEN_FAILED',
    hint: expect.stringContaining('free one'),
  })
})

test('the store can be set up and inspected without HTTP', async () => {
  await using sandbox = await open()
  const etag = await sandbox.store.put('b', 'k', 'hello', {
    headers: { 'content-type': 'text/plain' },
    tags: { a: 'b' },
  })
  expect(etag).toBe(createHash('md5').update('hello').digest('hex'))
  const reply = await ask(sandbox, { target: '/b/k' })
  expect(reply.headers).toMatchObject({
    etag: `"${etag}"`,
    'content-type': 'text/plain',
    'x-amz-tagging-count': '1',
  })
  await ask(sandbox, { method: 'PUT', target: '/b/l', body: 'x', headers: { 'x-amz-meta-m': 'n' } })
  expect(await sandbox.store.get('b', 'l')).toMatchObject({ bytes: Buffer.from('x'), metadata: { m: 'n' } })
  sandbox.store.delete('b', 'k')
  expect([sandbox.store.keys('b'), await sandbox.store.get('b', 'k')]).toEqual([['l'], null])
})

test('non-ASCII metadata is text here and encoded words over HTTP', async () => {
  await using sandbox = await open()
  await sandbox.store.put('b', 'k', 'x', { metadata: { Greeting: 'grüße €' } })
  expect((await sandbox.store.get('b', 'k'))?.metadata).toEqual({ greeting: 'grüße €' })
  const word = (await ask(sandbox, { target: '/b/k' })).headers['x-amz-meta-greeting']
  expect(word).toBe(`=?UTF-8?B?${Buffer.from('grüße €').toString('base64')}?=`)
})

test('an upload that the provider cleaned up is unknown', async () => {
  await using sandbox = await open()
  const created = await ask(sandbox, { method: 'POST', target: '/b/k?uploads' })
  const { uploadId } = sandbox.store.uploads('b')[0]!
  expect(created.body.toString()).toContain(uploadId)
  sandbox.store.abortUploads('b', 'k')
  const part = await ask(sandbox, {
    method: 'PUT',
    target: `/b/k?partNumber=1&uploadId=${uploadId}`,
    body: 'x',
  })
  expect([part.status, part.code]).toEqual([404, 'NoSuchUpload'])
})

test('a bucket of another region names its region, and accepts signatures for it', async () => {
  await using sandbox = await startSandbox()
  sandbox.store.createBucket('eu', 'eu-central-1')
  const { S3Client, ListObjectsV2Command } = await import('@aws-sdk/client-s3')
  const list = async (region: string): Promise<unknown> => {
    const client = new S3Client({
      endpoint: sandbox.url,
      region,
      credentials: sandbox.credentials,
      forcePathStyle: true,
    })
    const listing = client.send(new ListObjectsV2Command({ Bucket: 'eu' }))
    return listing.then(
      ({ KeyCount }) => KeyCount,
      (error: { name: string; Region?: string }) => [error.name, error.Region],
    )
  }
  expect(await list('us-east-1')).toEqual(['AuthorizationHeaderMalformed', 'eu-central-1'])
  expect(await list('eu-central-1')).toBe(0)
})

test('limits model other stores: fewer parts, equal parts, no conditional PUT, no chunks, no copies', async () => {
  const limits = {
    minPartSizeBytes: 1,
    maxParts: 2,
    equalParts: true,
    conditionalPut: false,
    chunkedBodies: false,
    serverSideCopy: false,
  }
  await using sandbox = await open({ limits })
  const created = await ask(sandbox, { method: 'POST', target: '/b/k?uploads' })
  const id = /<UploadId>([^<]+)/.exec(created.body.toString())![1]
  const part = (number: number, body: string) =>
    ask(sandbox, { method: 'PUT', target: `/b/k?partNumber=${number}&uploadId=${id}`, body })
  expect((await part(3, 'x')).code).toBe('InvalidArgument')
  const etags = [(await part(1, 'x')).headers.etag, (await part(2, 'longer')).headers.etag]
  const parts = etags
    .map((etag, at) => `<Part><PartNumber>${at + 1}</PartNumber><ETag>${etag}</ETag></Part>`)
    .join('')
  const complete = await ask(sandbox, {
    method: 'POST',
    target: `/b/k?uploadId=${id}`,
    body: `<CompleteMultipartUpload>${parts}</CompleteMultipartUpload>`,
  })
  expect(complete.code).toBe('InvalidPart')
  const put = (headers: Record<string, string>) =>
    ask(sandbox, { method: 'PUT', target: '/b/k', body: '', headers })
  expect((await put({ 'if-none-match': '*' })).status).toBe(501)
  expect((await put({ 'x-amz-copy-source': '/b/k' })).status).toBe(501)
  expect((await put({ 'x-amz-content-sha256': 'STREAMING-UNSIGNED-PAYLOAD-TRAILER' })).status).toBe(501)
})

test('an archived object can be described but not read', async () => {
  await using sandbox = await open()
  await sandbox.store.put('b', 'cold', 'x', { headers: { 'x-amz-storage-class': 'GLACIER' } })
  expect((await ask(sandbox, { method: 'HEAD', target: '/b/cold' })).headers['x-amz-storage-class']).toBe(
    'GLACIER',
  )
  const reply = await ask(sandbox, { target: '/b/cold' })
  expect([reply.status, reply.code]).toEqual([403, 'InvalidObjectState'])
})

test('unsupported operations are NotImplemented, not something else', async () => {
  await using sandbox = await open()
  for (const target of ['/b?policy', '/b?lifecycle', '/b/k?acl']) {
    expect((await ask(sandbox, { target })).code).toBe('NotImplemented')
  }
})

test('a body without a length is refused', async () => {
  await using sandbox = await open()
  const headers = { 'transfer-encoding': 'chunked' }
  const reply = await ask(sandbox, { method: 'PUT', target: '/b/k', body: 'x', headers })
  expect([reply.status, reply.code]).toEqual([411, 'MissingContentLength'])
  expect(sandbox.store.keys('b')).toEqual([])
})

test('checksums have the published check values', () => {
  const check = (algorithm: Parameters<typeof startChecksum>[0]): string => {
    const running = startChecksum(algorithm)
    running.update(Buffer.from('1234'))
    running.update(Buffer.from('56789'))
    return Buffer.from(running.base64(), 'base64').toString('hex')
  }
  expect(check('crc32')).toBe('cbf43926')
  expect(check('crc32c')).toBe('e3069283')
  expect(check('crc64nvme')).toBe('ae8b14860a799888')
})

test('aws-chunked framing is removed in any chunking', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.uint8Array({ minLength: 1, maxLength: 40 }), { maxLength: 6 }),
      fc.integer({ min: 1, max: 17 }),
      async (chunks, cut) => {
        const framed = Buffer.concat([
          ...chunks.flatMap((chunk) => [
            Buffer.from(`${chunk.length.toString(16)}\r\n`),
            chunk,
            Buffer.from('\r\n'),
          ]),
          Buffer.from('0\r\nX-Amz-Checksum-Crc32: abc\r\n\r\n'),
        ])
        async function* source(): AsyncGenerator<Buffer> {
          for (let at = 0; at < framed.length; at += cut) yield framed.subarray(at, at + cut)
        }
        const trailers = new Map<string, string>()
        const verified = {
          payloadHash: 'STREAMING-UNSIGNED-PAYLOAD-TRAILER',
          signature: '',
          amzDate: '',
          scope: '',
          key: null,
        }
        const decoded: Uint8Array[] = []
        for await (const chunk of decodeChunkedBody(source(), verified, trailers)) decoded.push(chunk)
        expect(Buffer.concat(decoded).equals(Buffer.concat(chunks))).toBe(true)
        expect(trailers.get('x-amz-checksum-crc32')).toBe('abc')
      },
    ),
  )
})
