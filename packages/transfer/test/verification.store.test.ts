import { PutObjectCommand } from '@aws-sdk/client-s3'
import { describe, expect, it } from 'vitest'
import { createSimpleRunner, type CopierOptions } from '../src/index.js'
import { bucketPair, type TestBucket } from './support/buckets.js'
import { bodyOf, md5Of, storedMd5 } from './support/objects.js'
import { testCopier } from './support/test-copier.js'

const runner = createSimpleRunner({ maxAttempts: 2, baseDelayMs: 1 })

function copierFor(source: TestBucket, destination: TestBucket, options: Partial<CopierOptions> = {}) {
  return testCopier({ source: source.options, destination: destination.options, ...options })
}

describe('if ETags prove nothing', () => {
  it.each([
    ['CRC32C', 50_000],
    ['CRC64NVME', 3_000_000],
    ['SHA256', 50_000],
  ] as const)("the destination checks the source's %s, for %d bytes", async (algorithm, bytes) => {
    const { source, destination } = await bucketPair()
    const body = bodyOf(bytes)
    await source.client.send(
      new PutObjectCommand({ Bucket: source.bucket, Key: 'k', Body: body, ChecksumAlgorithm: algorithm }),
    )
    const copier = copierFor(source, destination, {
      source: { ...source.options, etags: 'opaque' },
      destination: { ...destination.options, etags: 'opaque' },
    })
    expect(await copier.copy({ key: 'k' }, runner)).toMatchObject({
      ok: true,
      bytes,
      verification: 'checksum',
    })
    expect(copier.requests).toEqual({ source: 1, destination: 1 })
  })

  it('the MD5 of the bytes read is compared, or only the size is known', async () => {
    const { source, destination } = await bucketPair()
    for (const [key, bytes] of Object.entries({ small: 1000, large: 2_000_000 }))
      await source.client.send(new PutObjectCommand({ Bucket: source.bucket, Key: key, Body: bodyOf(bytes) }))
    const opaque = { ...source.options, etags: 'opaque' } as const
    const half = copierFor(source, destination, { source: opaque })
    expect(await half.copy({ key: 'small' }, runner)).toMatchObject({ verification: 'sent-md5' })
    expect(await half.copy({ key: 'large' }, runner)).toMatchObject({ verification: 'sent-md5' })
    const none = { source: opaque, destination: { ...destination.options, etags: 'opaque' } } as const
    expect(await copierFor(source, destination, none).copy({ key: 'large' }, runner)).toMatchObject({
      verification: 'size',
    })
  })

  it('strict reads both sides back', async () => {
    const { source, destination } = await bucketPair()
    const body = bodyOf(9_000_000)
    await source.client.send(new PutObjectCommand({ Bucket: source.bucket, Key: 'k', Body: body }))
    const copier = copierFor(source, destination, {
      source: { ...source.options, etags: 'opaque' },
      destination: { ...destination.options, etags: 'opaque' },
      verify: 'strict',
    })
    expect(await copier.copy({ key: 'k' }, runner)).toMatchObject({ ok: true, verification: 'read-back' })
    expect(await storedMd5(destination, 'k')).toBe(md5Of(body))
  })
})
