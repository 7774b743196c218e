import { HeadObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3'
import { storePair } from '@lagoon/testkit'
import { describe, expect, it } from 'vitest'
import { createSimpleRunner, type CopierOptions } from '../src/index.js'
import { freshBucket, type TestBucket } from './support/buckets.js'
import { bodyOf, md5Of, putInParts, storedMd5 } from './support/objects.js'
import { testCopier } from './support/test-copier.js'

const MIB = 1024 ** 2
const runner = createSimpleRunner({ maxAttempts: 2, baseDelayMs: 1 })

async function twoBucketsOfOneStore(): Promise<{ source: TestBucket; destination: TestBucket }> {
  const { source } = storePair()
  return { source: await freshBucket(source), destination: await freshBucket(source) }
}

function copierFor(source: TestBucket, destination: TestBucket, options: Partial<CopierOptions> = {}) {
  return testCopier({ source: source.options, destination: destination.options, ...options })
}

describe('two buckets of one store', () => {
  it.each(['plain', 'ü + ?%2F#&"'])('copy %j server-side, with all its attributes', async (key) => {
    const { source, destination } = await twoBucketsOfOneStore()
    const body = bodyOf(300_000)
    await source.client.send(
      new PutObjectCommand({
        Bucket: source.bucket,
        Key: key,
        Body: body,
        ContentType: 'x/y',
        Metadata: { a: 'b' },
      }),
    )
    const copier = copierFor(source, destination)
    expect(await copier.copy({ key }, runner)).toEqual({
      ok: true,
      bytes: body.length,
      etag: md5Of(body),
      verification: 'etag',
      attempts: 1,
    })
    expect(copier.requests).toEqual({ source: 1, destination: 1 })
    const head = await destination.client.send(
      new HeadObjectCommand({ Bucket: destination.bucket, Key: key }),
    )
    expect(head).toMatchObject({ ContentType: 'x/y', Metadata: { a: 'b' }, ContentLength: body.length })
  })

  it('keep the parts of an object within the store', async () => {
    const { source, destination } = await twoBucketsOfOneStore()
    const body = bodyOf(11 * MIB)
    const etag = await putInParts(source, 'k', body, [5 * MIB, 6 * MIB])
    const result = await copierFor(source, destination).copy({ key: 'k' }, runner)
    expect(result).toMatchObject({ ok: true, etag, bytes: body.length, verification: 'etag' })
    expect(await storedMd5(destination, 'k')).toBe(md5Of(body))
  })

  it('pass through this machine on request', async () => {
    const { source, destination } = await twoBucketsOfOneStore()
    await source.client.send(new PutObjectCommand({ Bucket: source.bucket, Key: 'k', Body: 'x' }))
    const copier = copierFor(source, destination, { serverSideCopy: 'never' })
    const landed: number[] = []
    const watching: typeof runner = {
      async run(attempt) {
        const result = await attempt(undefined)
        if (result.ok && result.bytes !== undefined) landed.push(result.bytes)
        return { ...result, attempts: 1 }
      },
    }
    expect(await copier.copy({ key: 'k' }, watching)).toMatchObject({ ok: true, verification: 'etag' })
    expect(landed).toEqual([1])
  })

  it('report a missing object', async () => {
    const { source, destination } = await twoBucketsOfOneStore()
    expect(await copierFor(source, destination).copy({ key: 'none' }, runner)).toMatchObject({
      ok: false,
      failure: { class: 'missing', side: 'source' },
    })
  })
})

describe('two stores', () => {
  it('cannot be combined with server-side copies', async () => {
    const { source, destination } = storePair()
    const [from, to] = [await freshBucket(source), await freshBucket(destination)]
    expect(() => copierFor(from, to, { serverSideCopy: 'always' })).toThrow(/do not share an endpoint/)
  })
})
