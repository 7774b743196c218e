import { PutObjectCommand, PutObjectTaggingCommand } from '@aws-sdk/client-s3'
import { startSandbox, type Dialect } from '@lagoon/s3-sandbox'
import { gunzipSync, gzipSync } from 'node:zlib'
import { createServer } from 'node:http'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { createInspector, createSimpleRunner, createStore, type CopierOptions } from '../src/index.js'
import { bodyOf } from './support/objects.js'
import { putPartsInSandbox } from './support/put-parts-in-sandbox.js'
import { sandboxBucket, sandboxOptions } from './support/sandbox-pair.js'
import { testCopier } from './support/test-copier.js'

const MIB = 1024 ** 2
const runner = createSimpleRunner({ maxAttempts: 3, baseDelayMs: 0 })

/** Two stores with the given dialects. */
async function stores(from: Dialect, to: Dialect = {}, options: Partial<CopierOptions> = {}) {
  const limits = { minPartSizeBytes: 1 }
  const source = await startSandbox({ buckets: ['from'], dialect: from, limits })
  const destination = await startSandbox({ buckets: ['to'], dialect: to, limits })
  onTestFinished(async () => {
    await Promise.all([source.close(), destination.close()])
  })
  const endpoints = {
    source: sandboxOptions(source, 'from'),
    destination: { ...sandboxOptions(destination, 'to'), limits: { minPartBytes: 1 } },
  }
  const copier = testCopier({ ...endpoints, ...options })
  const there = async (key: string) => (await destination.store.get('to', key))?.bytes
  return { source, destination, endpoints, copier, there }
}

describe('a store that refuses unknown headers', () => {
  it('gets requests without them from then on', async () => {
    const { source, copier, endpoints } = await stores({ refuses: ['x-amz-checksum-*'] })
    for (const key of ['a', 'b', 'c']) await source.store.put('from', key, 'bytes')
    const copies = ['a', 'b', 'c'].map((key) => copier.copy({ key }, runner))
    for (const copy of await Promise.all(copies))
      expect(copy).toMatchObject({ ok: true, verification: 'etag' })
    source.requests.clear()
    await copier.copy({ key: 'a' }, runner)
    expect(source.requests.byStatus).toEqual({ 200: 1 })
    const inspector = createInspector({ ...endpoints, checksums: true })
    onTestFinished(() => inspector.close())
    expect(await inspector.head('source', { key: 'a' })).toMatchObject({ ok: true, value: { sizeBytes: 5 } })
  })

  it('gets writes without them', async () => {
    const { source, destination, copier, there } = await stores({}, { refuses: ['x-amz-checksum-*'] })
    const { client } = sandboxBucket(source, 'from')
    const Body = bodyOf(2 * MIB)
    const encrypted = { ServerSideEncryption: 'aws:kms', ChecksumAlgorithm: 'CRC32C' } as const
    await client.send(new PutObjectCommand({ Bucket: 'from', Key: 'k', Body, ...encrypted }))
    expect(await copier.copy({ key: 'k' }, runner)).toMatchObject({ ok: true })
    expect((await there('k'))!.equals(Body)).toBe(true)
    expect(destination.requests.byStatus).toEqual({ 200: 1, 501: 1 })
  })
})

describe('an object whose GET has no length', () => {
  it.each([
    ['is copied with the length that HEAD says', { lengths: 'head-only' } as const, undefined],
    ['is copied with the length that the caller knows', { lengths: 'none' } as const, 300_000],
  ])('%s', async (_, dialect, sizeBytes) => {
    const { source, copier, there } = await stores(dialect)
    const body = bodyOf(300_000)
    await source.store.put('from', 'k', body)
    const job = sizeBytes === undefined ? { key: 'k' } : { key: 'k', sizeBytes }
    expect(await copier.copy(job, runner)).toMatchObject({ ok: true, verification: 'etag' })
    expect((await there('k'))!.equals(body)).toBe(true)
  })

  it('and another known length is not copied', async () => {
    const { source, copier, there } = await stores({ lengths: 'none' })
    await source.store.put('from', 'k', bodyOf(300_000))
    expect(await copier.copy({ key: 'k', sizeBytes: 299_999 }, runner)).toMatchObject({
      ok: false,
      failure: { code: 'ShortBody' },
    })
    expect(await there('k')).toBeUndefined()
  })

  it('and no known length is reported as such', async () => {
    const { source, copier } = await stores({ lengths: 'none' })
    await source.store.put('from', 'k', 'bytes')
    const failure = { code: 'LengthUnknown', message: expect.stringMatching(/neither HEAD nor the manifest/) }
    expect(await copier.copy({ key: 'k' }, runner)).toMatchObject({ ok: false, failure })
  })

  it('is copied in parts, too', async () => {
    const { source, copier, there } = await stores({ lengths: 'head-only' })
    const body = bodyOf(700_000)
    await putPartsInSandbox(source, 'from', 'k', body, 300_000)
    expect(await copier.copy({ key: 'k' }, runner)).toMatchObject({ ok: true, verification: 'etag' })
    expect((await there('k'))!.equals(body)).toBe(true)
  })
})

it('a folder object without an ETag is copied', async () => {
  const { source, copier, there } = await stores({ folderEtags: 'none', lengths: 'head-only' })
  await source.store.put('from', 'a/b/', '')
  expect(await copier.copy({ key: 'a/b/' }, runner)).toMatchObject({ ok: true, bytes: 0 })
  expect(await there('a/b/')).toHaveLength(0)
})

it('an object that is stored as gzip is copied unchanged, even if the store decompresses it for others', async () => {
  const { source, copier, there, endpoints } = await stores({ gzip: 'transcoded' })
  const body = gzipSync(bodyOf(50_000))
  await source.store.put('from', 'k', body, { headers: { 'content-encoding': 'gzip' } })
  for (const destinationKey of ['one', 'two']) {
    expect(await copier.copy({ key: 'k', destinationKey }, runner)).toMatchObject({
      ok: true,
      verification: 'etag',
    })
    expect(gunzipSync((await there(destinationKey))!).equals(bodyOf(50_000))).toBe(true)
  }
  const store = createStore(endpoints.source)
  onTestFinished(() => store.close())
  const gets = source.requests.matching({ operation: 'GetObject' })
  expect(gets.at(-1)!.headers['accept-encoding']).toBe('gzip')
  expect(gets[0]!.headers['accept-encoding']).toBe('identity')
})

describe('the tags of an object', () => {
  async function tagged(from: Dialect, to: Dialect = {}) {
    const all = await stores(from, to, { tags: true })
    await all.source.store.put('from', 'k', 'bytes')
    const { client } = sandboxBucket(all.source, 'from')
    const TagSet = [
      { Key: 'a b', Value: 'c+d=e' },
      { Key: 'ü', Value: '' },
    ]
    await client.send(new PutObjectTaggingCommand({ Bucket: 'from', Key: 'k', Tagging: { TagSet } }))
    const found = async () => (await all.destination.store.get('to', 'k'))?.tags
    return { ...all, found }
  }
  const tags = { 'a b': 'c+d=e', ü: '' }

  it('are copied if the store does not count them', async () => {
    const { copier, found } = await tagged({ taggingCount: false })
    const result = await copier.copy({ key: 'k' }, runner)
    expect(result).toMatchObject({ ok: true })
    expect(result).not.toHaveProperty('warning')
    expect(await found()).toEqual(tags)
  })

  it.each([
    ['none, where an empty answer names the object', { etag: '"x"' }, true],
    ['not known, where an empty answer names nothing', {}, false],
  ])('are %s', async (_, headers: Record<string, string>, ok) => {
    const { source, copier } = await tagged({ taggingCount: false })
    source.faults.add({ operation: 'GetObjectTagging', action: { type: 'answer', status: 200, headers } })
    expect(await copier.copy({ key: 'k' }, runner)).toMatchObject({ ok })
  })

  it('are requested no more than needed if the store counts them', async () => {
    const { source, destination, copier } = await tagged({})
    await source.store.put('from', 'plain', 'bytes')
    await copier.copy({ key: 'k' }, runner)
    await copier.copy({ key: 'plain' }, runner)
    await copier.copy({ key: 'k', destinationKey: 'again' }, runner)
    expect(source.requests.byOperation['GetObjectTagging']).toBe(2)
    expect(destination.requests.byOperation['GetObjectTagging']).toBe(1)
  })

  it('that cannot be read are a warning, and not requested again after a refusal', async () => {
    const { source, copier, found } = await tagged({ taggingCount: false })
    source.faults.add({
      operation: 'GetObjectTagging',
      action: { type: 'error', code: 'AccessDenied', status: 403 },
    })
    for (let times = 0; times < 2; times++)
      expect(await copier.copy({ key: 'k' }, runner)).toMatchObject({
        ok: true,
        warning: { code: 'TagsNotRead' },
      })
    expect(source.requests.byOperation['GetObjectTagging']).toBe(1)
    expect(await found()).toEqual({})
  })

  it('that the destination refuses are named as the reason', async () => {
    const { copier } = await tagged({}, { tags: 'refused' })
    const failure = { code: 'TagsRefused', message: expect.stringMatching(/copy without them/) }
    expect(await copier.copy({ key: 'k' }, runner)).toMatchObject({ ok: false, failure })
  })

  it('that the destination loses are written separately, or else a warning', async () => {
    const { destination, copier } = await tagged({}, { tags: 'dropped' })
    expect(await copier.copy({ key: 'k' }, runner)).toMatchObject({
      ok: true,
      warning: { code: 'TagsNotKept' },
    })
    destination.setDialect({ ignores: ['x-amz-tagging'] })
    const result = await copier.copy({ key: 'k' }, runner)
    expect(result).not.toHaveProperty('warning')
    expect((await destination.store.get('to', 'k'))!.tags).toEqual(tags)
  })
})

describe('an object in parts of a store that', () => {
  it.each<[string, Dialect]>([
    ['does not know its ETags again', {}],
    ['has weak ETags, which match nothing', { etags: 'weak' }],
  ])('%s is copied', async (_, dialect) => {
    const { source, copier, there } = await stores(dialect)
    const body = bodyOf(700_000)
    await putPartsInSandbox(source, 'from', 'k', body, 300_000)
    source.faults.add({
      where: ({ headers }) => headers['if-match'] !== undefined,
      action: { type: 'error', code: 'PreconditionFailed', status: 412 },
    })
    expect(await copier.copy({ key: 'k' }, runner)).toMatchObject({ ok: true, verification: 'etag' })
    expect((await there('k'))!.equals(body)).toBe(true)
  })
})

describe('a bucket that requires a digest with every write', () => {
  const kms = { ServerSideEncryption: 'aws:kms' } as const

  it.each([
    ['once it has asked for one', {}],
    ['from the first request on, where that is known', { requireDigests: true }],
  ])('gets one, %s', async (_, known) => {
    const { source, destination, endpoints, there } = await stores({}, { checksums: 'required' })
    const { client } = sandboxBucket(source, 'from')
    const Body = bodyOf(2 * MIB)
    await client.send(new PutObjectCommand({ Bucket: 'from', Key: 'k', Body, ...kms }))
    const copier = testCopier({ ...endpoints, destination: { ...endpoints.destination, ...known } })
    expect(await copier.copy({ key: 'k' }, runner)).toMatchObject({ ok: true })
    expect((await there('k'))!.equals(Body)).toBe(true)
    expect(destination.requests.byStatus[400] ?? 0).toBe('requireDigests' in known ? 0 : 1)
  })

  it('gets one with every part', async () => {
    const { source, copier, there } = await stores({}, { checksums: 'required' })
    const body = bodyOf(700_000)
    await putPartsInSandbox(source, 'from', 'k', body, 300_000)
    await putPartsInSandbox(source, 'from', 'small', bodyOf(1000), 1000)
    expect(await copier.copy({ key: 'k' }, runner)).toMatchObject({ ok: true, verification: 'etag' })
    expect(await copier.copy({ key: 'small' }, runner)).toMatchObject({ ok: true, verification: 'etag' })
    expect((await there('k'))!.equals(body)).toBe(true)
  })
})

describe('the credentials of a side', () => {
  it('can be none: a public bucket is read without a signature', async () => {
    const { source, destination, endpoints, there } = await stores({ publicBuckets: ['from'] })
    await source.store.put('from', 'k', 'bytes')
    const { credentials: _, ...place } = endpoints.source
    const anonymous = { ...place, anonymous: true }
    const copier = testCopier({ source: anonymous, destination: endpoints.destination })
    expect(await copier.copy({ key: 'k' }, runner)).toMatchObject({ ok: true })
    expect((await there('k'))!.toString()).toBe('bytes')
    const store = createStore(anonymous)
    onTestFinished(() => store.close())
    await store.probe()
    expect(source.requests.records.every(({ headers }) => headers['authorization'] === undefined)).toBe(true)
    expect(destination.requests.byStatus).toEqual({ 200: 1 })
  })

  it('can be those of a role', async () => {
    const { source, endpoints } = await stores({})
    await source.store.put('from', 'k', 'bytes')
    const asked: string[] = []
    const sts = createServer(async (request, response) => {
      let body = ''
      for await (const chunk of request) body += chunk
      asked.push(body)
      const { accessKeyId, secretAccessKey } = source.credentials!
      response.end(`<AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleResult><Credentials>
        <AccessKeyId>${accessKeyId}</AccessKeyId><SecretAccessKey>${secretAccessKey}</SecretAccessKey>
        <SessionToken>t</SessionToken><Expiration>2999-01-01T00:00:00Z</Expiration></Credentials></AssumeRoleResult></AssumeRoleResponse>`)
    })
    sts.listen(0, '127.0.0.1')
    await once(sts, 'listening')
    vi.stubEnv('AWS_ENDPOINT_URL_STS', `http://127.0.0.1:${(sts.address() as AddressInfo).port}`)
    onTestFinished(() => {
      vi.unstubAllEnvs()
      sts.closeAllConnections()
      sts.close()
    })
    source.setCredentials({ ...source.credentials!, sessionToken: 't' })
    const roleArn = 'arn:aws:iam::123456789012:role/reader'
    const own = { accessKeyId: 'own', secretAccessKey: 'own-secret' }
    const store = createStore({ ...endpoints.source, credentials: own, roleArn })
    onTestFinished(() => store.close())
    expect(await store.head({ key: 'k' })).toMatchObject({ sizeBytes: 5 })
    expect(asked).toHaveLength(1)
    expect(asked[0]).toContain(encodeURIComponent(roleArn))
  })
})
