import { PutObjectCommand } from '@aws-sdk/client-s3'
import { putObjects, storePair } from '@lagoon/testkit'
import { describe, expect, it, onTestFinished } from 'vitest'
import { createStore, type EndpointOptions } from '../src/index.js'
import { bucketPair } from './support/buckets.js'

function storeFor(options: EndpointOptions) {
  const store = createStore(options)
  onTestFinished(() => store.close())
  return store
}

async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = []
  for await (const item of items) all.push(item)
  return all
}

async function codeOf(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => 'nothing thrown',
    (error) => error.code,
  )
}

describe('a store', () => {
  it('lists keys with characters that XML cannot represent', async () => {
    const { source } = await bucketPair()
    const keys = ['p/a b', 'p/a+b', 'p/a%2Fb', 'p/ü', 'p/☃\u0001', 'p/é']
    for (const Key of keys)
      await source.client.send(new PutObjectCommand({ Bucket: source.bucket, Key, Body: 'abc' }))
    const listed = await collect(storeFor(source.options).list({ prefix: 'p/' }))
    expect(listed.map(({ key }) => key).sort()).toEqual(keys.toSorted())
    expect(listed[0]).toMatchObject({ sizeBytes: 3, etag: '900150983cd24fb0d6963f7d28e17f72' })
  })

  it('lists every object once by concurrent listings, under given prefixes', async () => {
    const { source } = await bucketPair()
    const keys = Array.from({ length: 2_600 }, (_, i) => `p/${'a+ü'[i % 3]}/${i % 2 === 0 ? i : `é ${i}`}`)
    const objects = [...keys, 'q/1', 'r/1'].map((key) => ({
      key,
      sizeBytes: 3,
      body: () => Buffer.from('abc'),
    }))
    await putObjects(storePair().source, source.bucket, objects)
    const store = storeFor(source.options)
    const pages = await collect(store.listUnordered({ prefixes: ['p/', 'q/'], parallel: 4 }))
    const found = pages.flat()
    expect(found.map(({ key }) => key).sort()).toEqual([...keys, 'q/1'].toSorted())
    expect(found[0]).toMatchObject({ sizeBytes: 3, etag: '900150983cd24fb0d6963f7d28e17f72' })
    expect(store.requests).toBeGreaterThan(4)
  })

  it('lists the prefixes one level down', async () => {
    const { source } = await bucketPair()
    for (const Key of ['a/1', 'a/2', 'b/c/1', 'top'])
      await source.client.send(new PutObjectCommand({ Bucket: source.bucket, Key, Body: '' }))
    expect(await collect(storeFor(source.options).listPrefixes({ prefix: '' }))).toEqual(['a/', 'b/'])
  })

  it('reads a range of the given version, and refuses another one', async () => {
    const { source } = await bucketPair()
    const put = new PutObjectCommand({ Bucket: source.bucket, Key: 'k', Body: '0123456789' })
    const { ETag } = await source.client.send(put)
    const etag = ETag!.slice(1, -1)
    const store = storeFor(source.options)
    expect(Buffer.from(await store.read({ key: 'k', start: 2, end: 5, etag })).toString()).toBe('234')
    expect(await codeOf(store.read({ key: 'k', start: 5, end: 15, etag }))).toBe('LAGOON_TRANSFER_SHORT_READ')
    expect(await codeOf(store.read({ key: 'k', start: 0, end: 1, etag: '0'.repeat(32) }))).toBe(
      'LAGOON_TRANSFER_OBJECT_CHANGED',
    )
    expect(await codeOf(store.read({ key: 'none', start: 0, end: 1 }))).toBe('LAGOON_TRANSFER_OBJECT_MISSING')
  })

  it('returns size and ETag of an object by HEAD, and reports a missing one', async () => {
    const { source } = await bucketPair()
    await source.client.send(
      new PutObjectCommand({ Bucket: source.bucket, Key: 'k', Body: 'abc', Metadata: { a: 'b' } }),
    )
    const store = storeFor(source.options)
    expect(await store.head({ key: 'k' })).toMatchObject({
      sizeBytes: 3,
      etag: '900150983cd24fb0d6963f7d28e17f72',
      metadata: { a: 'b' },
    })
    await store.deleteObject({ key: 'k' })
    expect(await codeOf(store.head({ key: 'k' }))).toBe('LAGOON_TRANSFER_OBJECT_MISSING')
  })
})

describe('probing a bucket', () => {
  it('resolves if the bucket exists', async () => {
    const { source } = await bucketPair()
    await expect(storeFor(source.options).probe()).resolves.toBeUndefined()
  })

  it('distinguishes a wrong key, a wrong secret, a missing bucket and an unreachable endpoint', async () => {
    const { source } = await bucketPair()
    const { credentials } = source.options
    const wrong = {
      LAGOON_TRANSFER_CREDENTIALS_REFUSED: { credentials: { ...credentials!, accessKeyId: 'nobody' } },
      LAGOON_TRANSFER_BUCKET_MISSING: { bucket: 'nobody-has-this-bucket' },
      LAGOON_TRANSFER_ENDPOINT_UNREACHABLE: { endpointUrl: 'http://127.0.0.1:9' },
    }
    for (const [code, change] of Object.entries(wrong))
      expect(await codeOf(storeFor({ ...source.options, ...change }).probe())).toBe(code)
    const secret = { ...credentials!, secretAccessKey: 'wrong' }
    expect(await codeOf(storeFor({ ...source.options, credentials: secret }).probe())).toBe(
      'LAGOON_TRANSFER_CREDENTIALS_REFUSED',
    )
  })
})
