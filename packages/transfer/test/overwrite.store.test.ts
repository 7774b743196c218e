import {
  GetObjectCommand,
  GetObjectTaggingCommand,
  HeadObjectCommand,
  PutObjectCommand,
} from '@aws-sdk/client-s3'
import { describe, expect, it } from 'vitest'
import { createSimpleRunner, type CopierOptions } from '../src/index.js'
import { bucketPair, type TestBucket } from './support/buckets.js'
import { bodyOf, putInParts } from './support/objects.js'
import { testCopier } from './support/test-copier.js'

const MIB = 1024 ** 2
const runner = createSimpleRunner({ maxAttempts: 2, baseDelayMs: 1 })

function copierFor(source: TestBucket, destination: TestBucket, options: Partial<CopierOptions>) {
  return testCopier({ source: source.options, destination: destination.options, ...options })
}

async function put(
  { client, bucket }: TestBucket,
  key: string,
  body: string,
  more: { Tagging?: string } = {},
): Promise<void> {
  await client.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: body, ...more }))
}

async function textOf({ client, bucket }: TestBucket, key: string): Promise<string> {
  const got = await client.send(new GetObjectCommand({ Bucket: bucket, Key: key }))
  return got.Body!.transformToString()
}

describe('if the destination already has the object', () => {
  it('overwrite replaces it', async () => {
    const { source, destination } = await bucketPair()
    await put(source, 'k', 'new')
    await put(destination, 'k', 'old')
    expect(await copierFor(source, destination, {}).copy({ key: 'k' }, runner)).toMatchObject({
      ok: true,
      bytes: 3,
    })
    expect(await textOf(destination, 'k')).toBe('new')
  })

  it('if-missing keeps it, and reads nothing', async () => {
    const { source, destination } = await bucketPair()
    await put(source, 'k', 'new')
    await put(destination, 'k', 'old')
    await put(source, 'other', 'new')
    const copier = copierFor(source, destination, { overwrite: 'if-missing' })
    expect(await copier.copy({ key: 'k' }, runner)).toMatchObject({ ok: true, skipped: true, bytes: 0 })
    expect(copier.requests).toEqual({ source: 0, destination: 1 })
    expect(await copier.copy({ key: 'other' }, runner)).toMatchObject({
      ok: true,
      bytes: 3,
      verification: 'etag',
    })
    expect(await textOf(destination, 'k')).toBe('old')
  })

  it('if-missing keeps one that is created during the copy', async () => {
    const { source, destination } = await bucketPair()
    await put(source, 'k', 'new')
    const copier = copierFor(source, destination, { overwrite: 'if-missing' })
    let attempts = 0
    const racing: typeof runner = {
      async run(attempt) {
        // The first attempt looks at the destination; then another writer is faster.
        if (++attempts === 2) await put(destination, 'k', 'theirs')
        return { ...(await attempt(undefined)), attempts: 1 }
      },
    }
    expect(await copier.copy({ key: 'k' }, racing)).toMatchObject({ ok: true, skipped: true })
    expect(await textOf(destination, 'k')).toBe('theirs')
  })

  it('if-different replaces it unless the ETag is the same', async () => {
    const { source, destination } = await bucketPair()
    const body = bodyOf(5 * MIB + 9)
    await put(source, 'same', 'same')
    await put(destination, 'same', 'same')
    await put(source, 'other', 'new')
    await put(destination, 'other', 'old')
    await putInParts(source, 'parts', body, [5 * MIB, 9])
    await putInParts(destination, 'parts', body, [5 * MIB, 9])
    const copier = copierFor(source, destination, { overwrite: 'if-different' })
    for (const key of ['same', 'parts'])
      expect(await copier.copy({ key }, runner)).toMatchObject({
        ok: true,
        skipped: true,
        verification: 'etag',
      })
    expect(await copier.copy({ key: 'other' }, runner)).toMatchObject({ ok: true, bytes: 3 })
    expect(await textOf(destination, 'other')).toBe('new')
  })
})

describe('attributes of a copy', () => {
  it.each([
    ['one PUT', 10],
    ['parts', 5 * MIB + 9],
  ])('include the tags on request, with %s', async (_, bytes) => {
    const { source, destination } = await bucketPair()
    const location = { Bucket: source.bucket, Key: 'k' }
    await source.client.send(
      new PutObjectCommand({ ...location, Body: bodyOf(bytes), Tagging: 'a=1&b%20c=x%2B%3D%2F' }),
    )
    const copier = copierFor(source, destination, { tags: true, singlePutBytes: 5 * MIB })
    expect(await copier.copy({ key: 'k' }, runner)).toMatchObject({ ok: true, bytes })
    const tags = await destination.client.send(
      new GetObjectTaggingCommand({ Bucket: destination.bucket, Key: 'k' }),
    )
    expect(tags.TagSet).toEqual([
      { Key: 'a', Value: '1' },
      { Key: 'b c', Value: 'x+=/' },
    ])
  })

  it('require no tag request if the source counts none', async () => {
    const { source, destination } = await bucketPair()
    await put(source, 'tagged', 'x', { Tagging: 'a=b' })
    await put(source, 'k', 'x')
    const copier = copierFor(source, destination, { tags: true })
    await copier.copy({ key: 'tagged' }, runner)
    const { source: askedBefore, destination: writtenBefore } = copier.requests
    await copier.copy({ key: 'k' }, runner)
    const { source: asked, destination: written } = copier.requests
    expect([asked - askedBefore, written - writtenBefore]).toEqual([1, 1])
  })

  it('include the requested storage class', async () => {
    const { source, destination } = await bucketPair()
    await put(source, 'k', 'x')
    const copier = copierFor(source, destination, { storageClass: 'REDUCED_REDUNDANCY' })
    expect(await copier.copy({ key: 'k' }, runner)).toMatchObject({ ok: true })
    const head = await destination.client.send(
      new HeadObjectCommand({ Bucket: destination.bucket, Key: 'k' }),
    )
    expect(head.StorageClass).toBe('REDUCED_REDUNDANCY')
  })

  it('include the mapped key', async () => {
    const { source, destination } = await bucketPair()
    await put(source, 'in/a//b'.replace('//', '/+/'), 'x')
    const copier = copierFor(source, destination, { stripPrefix: 'in/', addPrefix: 'out ' })
    expect(await copier.copy({ key: 'in/a/+/b' }, runner)).toMatchObject({ ok: true })
    expect(await textOf(destination, 'out a/+/b')).toBe('x')
    expect(await copier.copy({ key: 'elsewhere' }, runner)).toMatchObject({
      ok: false,
      failure: { code: 'KeyOutsidePrefix' },
    })
  })
})
