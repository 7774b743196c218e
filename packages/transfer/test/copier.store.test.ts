import { GetObjectCommand, HeadObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3'
import { randomBytes } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { createSimpleRunner } from '../src/index.js'
import { bucketPair } from './support/buckets.js'
import { testCopier } from './support/test-copier.js'

const runner = createSimpleRunner({ maxAttempts: 3, baseDelayMs: 1 })

describe('copying one object between two stores', () => {
  it.each([0, 1, 4096, 100_000, 1024 * 1024, 1024 * 1024 + 1, 5_000_000])(
    'copies %d bytes with one GET and one PUT and compares the ETags',
    async (size) => {
      const { source, destination } = await bucketPair()
      const body = randomBytes(size)
      const put = await source.client.send(
        new PutObjectCommand({ Bucket: source.bucket, Key: 'a/b.bin', Body: body }),
      )
      const copier = testCopier({ source: source.options, destination: destination.options })
      const result = await copier.copy({ key: 'a/b.bin' }, runner)
      expect(result).toEqual({
        ok: true,
        bytes: size,
        etag: put.ETag!.slice(1, -1),
        verification: 'etag',
        attempts: 1,
      })
      expect(copier.requests).toEqual({ source: 1, destination: 1 })
      const got = await destination.client.send(
        new GetObjectCommand({ Bucket: destination.bucket, Key: 'a/b.bin' }),
      )
      expect(Buffer.from(await got.Body!.transformToByteArray()).equals(body)).toBe(true)
    },
  )

  it('copies the headers and the metadata of the object', async () => {
    const { source, destination } = await bucketPair()
    const described = {
      ContentType: 'text/html; charset=utf-8',
      ContentEncoding: 'gzip',
      ContentDisposition: 'attachment; filename="a  b.html"',
      ContentLanguage: 'de, en',
      CacheControl: 'max-age=60',
      ExpiresString: 'Thu, 01 Dec 2033 16:00:00 GMT',
      Metadata: { one: '1', 'two-words': 'a  b', 'not-ascii': 'Größe' },
    }
    await source.client.send(
      new PutObjectCommand({
        Bucket: source.bucket,
        Key: 'k',
        Body: 'not gzip',
        ...described,
        Expires: new Date(described.ExpiresString),
      }),
    )
    const copier = testCopier({ source: source.options, destination: destination.options })
    expect(await copier.copy({ key: 'k', destinationKey: 'other/k' }, runner)).toMatchObject({ ok: true })
    const there = await source.client.send(new HeadObjectCommand({ Bucket: source.bucket, Key: 'k' }))
    const here = await destination.client.send(
      new HeadObjectCommand({ Bucket: destination.bucket, Key: 'other/k' }),
    )
    const { Metadata, ...headers } = described
    expect(here).toMatchObject(headers)
    expect(here.Metadata).toEqual(there.Metadata)
    expect(here.Metadata).toMatchObject({ one: '1', 'two-words': Metadata['two-words'] })
  })

  it('reports a missing object, and writes nothing', async () => {
    const { source, destination } = await bucketPair()
    const copier = testCopier({ source: source.options, destination: destination.options })
    const result = await copier.copy({ key: 'nothing/here' }, runner)
    expect(result).toMatchObject({
      ok: false,
      attempts: 1,
      failure: { class: 'missing', side: 'source', code: 'NoSuchKey', status: 404 },
    })
    expect(copier.requests.destination).toBe(0)
  })

  it('reports a missing destination bucket', async () => {
    const { source, destination } = await bucketPair()
    await source.client.send(new PutObjectCommand({ Bucket: source.bucket, Key: 'k', Body: 'x' }))
    const copier = testCopier({
      source: source.options,
      destination: { ...destination.options, bucket: 'nobody-has-this-bucket' },
    })
    expect(await copier.copy({ key: 'k' }, runner)).toMatchObject({
      ok: false,
      failure: { class: 'permanent', side: 'destination', code: 'NoSuchBucket' },
    })
  })
})
