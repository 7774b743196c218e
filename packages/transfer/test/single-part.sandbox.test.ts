import { describe, expect, it } from 'vitest'
import { createSimpleRunner, type CopierOptions } from '../src/index.js'
import { bodyOf, putInParts } from './support/objects.js'
import { sandboxBucket, sandboxPair } from './support/sandbox-pair.js'

const runner = createSimpleRunner({ maxAttempts: 2, baseDelayMs: 0 })

async function stored(bytes: number, options: Partial<CopierOptions> = {}) {
  const pair = await sandboxPair()
  const body = bodyOf(bytes)
  const description = { ContentType: 'x/y' }
  const etag = await putInParts(sandboxBucket(pair.source, 'from'), 'k', body, [bytes], description)
  const arrived = async () => {
    const there = await pair.destination.store.get('to', 'k')
    expect(there!.bytes.equals(body)).toBe(true)
    expect(there!.headers['content-type']).toBe('x/y')
    expect(pair.destination.store.uploads('to')).toEqual([])
  }
  return { ...pair, copier: pair.copier(options), etag, arrived }
}

describe('an object that was uploaded as one part', () => {
  it.each([
    [1, 1],
    [64 * 1024, 1],
    [64 * 1024 + 1, 2],
  ])('of %d bytes keeps its ETag, and is read by %d requests', async (bytes, source) => {
    const { copier, etag, arrived } = await stored(bytes)
    expect(await copier.copy({ key: 'k' }, runner)).toMatchObject({
      ok: true,
      bytes,
      etag,
      verification: 'etag',
    })
    expect(copier.requests).toEqual({ source, destination: 3 })
    await arrived()
  })

  it('is read again if a byte was flipped in transit', async () => {
    const { source, destination, copier, etag, arrived } = await stored(50_000)
    source.faults.add({ operation: 'GetObject', nth: 1, action: { type: 'flip', atByte: 40_000 } })
    expect(await copier.copy({ key: 'k' }, runner)).toMatchObject({ ok: true, etag, verification: 'etag' })
    await arrived()
    destination.faults.add({
      operation: 'UploadPart',
      times: 1,
      action: { type: 'flip', side: 'request', atByte: 9 },
    })
    expect(await copier.copy({ key: 'k' }, runner)).toMatchObject({ ok: true, etag, verification: 'etag' })
    await arrived()
  })

  it('is sent again without being read again if the destination fails once', async () => {
    const { destination, copier, arrived } = await stored(50_000)
    destination.faults.add({
      operation: 'UploadPart',
      times: 1,
      action: { type: 'error', code: 'InternalError' },
    })
    expect(await copier.copy({ key: 'k' }, runner)).toMatchObject({
      ok: true,
      verification: 'etag',
      attempts: 2,
    })
    expect(copier.requests.source).toBe(1)
    await arrived()
  })

  it('is streamed if there is no room to keep it', async () => {
    const { copier, etag, arrived } = await stored(50_000, { bufferBudgetBytes: 0 })
    expect(await copier.copy({ key: 'k' }, runner)).toMatchObject({ ok: true, etag, verification: 'etag' })
    await arrived()
  })

  it('is sent again if the response has no ETag', async () => {
    const { destination, copier, etag, arrived } = await stored(50_000)
    const action = { type: 'answer', status: 200 } as const
    destination.faults.add({ operation: 'UploadPart', nth: 1, action })
    expect(await copier.copy({ key: 'k' }, runner)).toMatchObject({ ok: true, etag, attempts: 2 })
    await arrived()
  })

  it('is verified by the bytes read if the destination’s ETags prove nothing', async () => {
    const { source, copier, arrived } = await stored(50_000, { serverSideEncryption: 'aws:kms' })
    const flip = { type: 'flip', atByte: 40_000 } as const
    const rule = source.faults.add({ operation: 'GetObject', nth: 1, action: flip })
    expect(await copier.copy({ key: 'k' }, runner)).toMatchObject({ ok: true, verification: 'size' })
    expect(rule.applied).toBe(1)
    await arrived()
  })
})
