import { HeadObjectCommand, ListMultipartUploadsCommand, PutObjectCommand } from '@aws-sdk/client-s3'
import { describe, expect, it } from 'vitest'
import { createSimpleRunner, type CopierOptions } from '../src/index.js'
import { bucketPair, type TestBucket } from './support/buckets.js'
import { bodyOf, md5Of, putInParts, storedMd5 } from './support/objects.js'
import { testCopier, threadsOfFile } from './support/test-copier.js'

const MIB = 1024 ** 2
const runner = createSimpleRunner({ maxAttempts: 3, baseDelayMs: 1 })

function copierFor(source: TestBucket, destination: TestBucket, options: Partial<CopierOptions> = {}) {
  return testCopier({ source: source.options, destination: destination.options, ...options })
}

async function uploadsLeft({ client, bucket }: TestBucket): Promise<number> {
  const left = await client.send(new ListMultipartUploadsCommand({ Bucket: bucket }))
  return left.Uploads?.length ?? 0
}

describe('an object that was uploaded in parts', () => {
  it.each([
    ['equal parts', [5 * MIB, 5 * MIB, 123]],
    ['uneven parts', [5 * MIB, 7 * MIB + 1, 6 * MIB, 9]],
    ['a single part', [70_000]],
  ])('keeps its ETag if it has %s', async (_, sizes) => {
    const { source, destination } = await bucketPair()
    const body = bodyOf(sizes.reduce((sum, size) => sum + size))
    const description = { ContentType: 'x/y', Metadata: { a: 'b' } }
    const etag = await putInParts(source, 'big', body, sizes, description)
    const copier = copierFor(source, destination)
    expect(await copier.copy({ key: 'big' }, runner)).toEqual({
      ok: true,
      bytes: body.length,
      etag,
      verification: 'etag',
      attempts: 1,
    })
    expect(await storedMd5(destination, 'big')).toBe(md5Of(body))
    const head = await destination.client.send(
      new HeadObjectCommand({ Bucket: destination.bucket, Key: 'big' }),
    )
    expect(head).toMatchObject(description)
  })

  it('is copied in one piece if its boundaries need not stay', async () => {
    const { source, destination } = await bucketPair()
    const body = bodyOf(6 * MIB)
    await putInParts(source, 'big', body, [5 * MIB, MIB])
    const copier = copierFor(source, destination, { keepPartBoundaries: false })
    expect(await copier.copy({ key: 'big' }, runner)).toMatchObject({
      ok: true,
      etag: md5Of(body),
      verification: 'sent-md5',
    })
    expect(copier.requests).toEqual({ source: 1, destination: 1 })
  })
})

describe('an object above the limit of a single PUT', () => {
  it('is copied in ordered parts, checked by the MD5 of the whole', async () => {
    const { source, destination } = await bucketPair()
    const body = bodyOf(17 * MIB)
    await source.client.send(new PutObjectCommand({ Bucket: source.bucket, Key: 'k', Body: body }))
    const copier = copierFor(source, destination, { singlePutBytes: 8 * MIB, partSizeBytes: 6 * MIB })
    const result = await copier.copy({ key: 'k' }, runner)
    expect(result).toMatchObject({ ok: true, bytes: body.length, verification: 'stream-md5' })
    expect(result.ok && result.etag).toMatch(/-3$/)
    expect(await storedMd5(destination, 'k')).toBe(md5Of(body))
  })

  it('is copied in concurrent parts if the ETag of the source is not a digest', async () => {
    const { source, destination } = await bucketPair()
    const body = bodyOf(23 * MIB)
    await source.client.send(new PutObjectCommand({ Bucket: source.bucket, Key: 'k', Body: body }))
    const copier = copierFor(source, destination, {
      source: { ...source.options, etags: 'opaque' },
      partSizeBytes: 5 * MIB,
    })
    expect(await copier.copy({ key: 'k' }, runner)).toMatchObject({ ok: true, verification: 'sent-md5' })
    expect(await storedMd5(destination, 'k')).toBe(md5Of(body))
    expect(await uploadsLeft(destination)).toBe(0)
  })

  // One thread copies it like the smaller ones above, whichever thread that is.
  it.skipIf(threadsOfFile() > 1)('is copied at 300 MiB unchanged', async () => {
    const { source, destination } = await bucketPair()
    const body = bodyOf(300 * MIB)
    await source.client.send(new PutObjectCommand({ Bucket: source.bucket, Key: 'k', Body: body }))
    const result = await copierFor(source, destination).copy({ key: 'k' }, runner)
    expect(result).toMatchObject({ ok: true, bytes: body.length, verification: 'stream-md5' })
    expect(await storedMd5(destination, 'k')).toBe(md5Of(body))
  })
})

describe('an upload that was interrupted', () => {
  it.each([
    ['together', [5 * MIB, 5 * MIB, 5 * MIB, 5 * MIB, 77]],
    ['in order', null],
  ])('resumes with the existing parts if parts are copied %s', async (_, sizes) => {
    const { source, destination } = await bucketPair()
    const body = bodyOf(20 * MIB + 77)
    if (sizes === null)
      await source.client.send(new PutObjectCommand({ Bucket: source.bucket, Key: 'k', Body: body }))
    else await putInParts(source, 'k', body, sizes)
    const uploads = new Map<string, object>()
    const options = {
      partConcurrency: 1,
      singlePutBytes: 5 * MIB,
      partSizeBytes: 5 * MIB,
      uploads: { ...mapLedger(uploads) },
    }
    const stop = new AbortController()
    const first = copierFor(source, destination, options)
    let landed = 0
    const interrupting = {
      run: (async (attempt) => {
        const result = await attempt(stop.signal)
        if (result.ok && result.bytes !== undefined && ++landed === 2) stop.abort()
        return result.ok ? { ...result, attempts: 1 } : { ...result, attempts: 1 }
      }) as typeof runner.run,
    }
    expect(await first.copy({ key: 'k' }, interrupting)).toMatchObject({
      ok: false,
      failure: { class: 'aborted' },
    })
    expect(await uploadsLeft(destination)).toBe(1)
    const [kept] = structuredClone([...uploads])
    uploads.clear()
    uploads.set(...kept!)

    const second = copierFor(source, destination, options)
    const result = await second.copy({ key: 'k' }, runner)
    expect(result).toMatchObject({ ok: true, verification: sizes === null ? 'stream-md5' : 'etag' })
    expect(await storedMd5(destination, 'k')).toBe(md5Of(body))
    expect(second.requests.destination).toBe(3 + 2)
    expect(uploads.size).toBe(0)
    expect(await uploadsLeft(destination)).toBe(0)
  })

  it('is aborted if the source has changed since', async () => {
    const { source, destination } = await bucketPair()
    const uploads = new Map<string, object>()
    const ledger = mapLedger(uploads)
    const sizes = [5 * MIB, 5 * MIB, 10]
    await putInParts(source, 'k', bodyOf(10 * MIB + 10), sizes)
    const options = { partConcurrency: 1, uploads: ledger }
    const stop = new AbortController()
    const interrupting = {
      run: (async (attempt) => {
        const result = await attempt(stop.signal)
        if (result.ok && result.bytes !== undefined) stop.abort()
        return { ...result, attempts: 1 }
      }) as typeof runner.run,
    }
    await copierFor(source, destination, options).copy({ key: 'k' }, interrupting)
    expect(await uploadsLeft(destination)).toBe(1)
    const changed = bodyOf(10 * MIB + 10, 2)
    const etag = await putInParts(source, 'k', changed, sizes)
    const result = await copierFor(source, destination, options).copy({ key: 'k' }, runner)
    expect(result).toMatchObject({ ok: true, etag })
    expect(await uploadsLeft(destination)).toBe(0)
    expect(uploads.size).toBe(0)
  })
})

function mapLedger(map: Map<string, object>) {
  return {
    put: (key: string, value: object) => void map.set(key, structuredClone(value)),
    get: (key: string) => map.get(key),
    delete: (key: string) => void map.delete(key),
    entries: () => map.entries(),
  }
}
