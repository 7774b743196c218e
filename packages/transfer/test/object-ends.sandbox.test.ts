import { createHash } from 'node:crypto'
import type { FaultAction } from '@lagoon/s3-sandbox'
import { describe, expect, it } from 'vitest'
import { createSimpleRunner } from '../src/index.js'
import { bodyOf } from './support/objects.js'
import { memoryLedger, untilFirstPart } from './support/interrupted-upload.js'
import { putPartsInSandbox } from './support/put-parts-in-sandbox.js'
import { sandboxOptions, sandboxPair } from './support/sandbox-pair.js'

const PART = 5 * 1024 ** 2
const runner = createSimpleRunner({ maxAttempts: 2, baseDelayMs: 0 })
const error = (code: string, status: number): FaultAction => ({ type: 'error', code, status })

describe('an object in parts', () => {
  it('that keeps changing can be retried later', async () => {
    const { source, destination, copier } = await sandboxPair()
    await putPartsInSandbox(source, 'from', 'k', bodyOf(PART + 1), PART)
    source.faults.add({
      operation: 'GetObject',
      where: ({ headers }) => headers.range !== undefined,
      action: error('PreconditionFailed', 412),
    })
    expect(await copier().copy({ key: 'k' }, runner)).toMatchObject({
      ok: false,
      failure: { code: 'SourceChanged', class: 'transient' },
    })
    expect(source.requests.byOperation['GetObject']).toBeGreaterThan(3)
    expect(destination.store.uploads('to')).toEqual([])
  })

  it('whose store wrongly refuses If-Match of a part is copied without its parts', async () => {
    const { source, copier } = await sandboxPair()
    const body = bodyOf(PART + 1)
    await putPartsInSandbox(source, 'from', 'k', body, PART)
    source.faults.add({ operation: 'HeadObject', nth: 1, action: error('', 412) })
    const once = createSimpleRunner({ maxAttempts: 1 })
    const md5 = createHash('md5').update(body).digest('hex')
    expect(await copier().copy({ key: 'k' }, once)).toMatchObject({ ok: true, etag: md5 })
  })

  it.each([
    ['refuses to begin its upload', 'CreateMultipartUpload', 'AccessDenied', 403],
    ['is asked for its parts in vain', 'GetObjectAttributes', 'SlowDown', 503],
  ] as const)('fails if the store %s', async (_, operation, code, status) => {
    const { source, destination, copier } = await sandboxPair()
    await putPartsInSandbox(source, 'from', 'k', bodyOf(PART + 1), PART)
    for (const side of [source, destination]) side.faults.add({ operation, action: error(code, status) })
    expect(await copier().copy({ key: 'k' }, runner)).toMatchObject({ ok: false, failure: { code } })
    expect(destination.store.keys('to')).toEqual([])
  })

  it('is copied in one piece if its parts are unknown and it is small enough', async () => {
    const { source, destination, copier } = await sandboxPair()
    const body = bodyOf(PART + 1)
    await putPartsInSandbox(source, 'from', 'k', body, PART)
    const refused: FaultAction = { type: 'answer', status: 405 }
    source.faults.add({ operation: ['GetObjectAttributes', 'HeadObject'], action: refused })
    expect(await copier().copy({ key: 'k' }, runner)).toMatchObject({ ok: true, bytes: body.length })
    expect(destination.requests.byOperation).toEqual({ PutObject: 1 })
  })

  it("that exceeds the destination's limit is never begun", async () => {
    const { source, destination, copier } = await sandboxPair()
    await putPartsInSandbox(source, 'from', 'k', bodyOf(PART + 1), PART)
    const small = { ...sandboxOptions(destination, 'to'), limits: { maxObjectBytes: PART } }
    expect(await copier({ destination: small }).copy({ key: 'k' }, runner)).toMatchObject({
      ok: false,
      failure: { code: 'EntityTooLarge', class: 'permanent' },
    })
    expect(destination.requests.total).toBe(0)
  })
})

describe('a part that the destination stored wrongly', () => {
  it('is recognised by its MD5, even if the source has none for it, and sent again', async () => {
    const { source, destination, copier } = await sandboxPair()
    const body = bodyOf(2 * PART)
    await source.store.put('from', 'k', body)
    const flip = { type: 'flip', side: 'request', atByte: 9 } as const
    destination.faults.add({ operation: 'UploadPart', nth: 1, action: flip })
    const opaque = { ...sandboxOptions(source, 'from'), etags: 'opaque' } as const
    const parts = { multipartThresholdBytes: PART, partSizeBytes: PART, partConcurrency: 1 }
    expect(await copier({ source: opaque, ...parts }).copy({ key: 'k' }, runner)).toMatchObject({
      ok: true,
      attempts: 2,
      verification: 'sent-md5',
    })
    expect((await destination.store.get('to', 'k'))!.bytes.equals(body)).toBe(true)
  })
})

describe('an object above a single PUT that was interrupted', () => {
  const inOrder = { singlePutBytes: PART, partSizeBytes: PART, partConcurrency: 1 }

  it('continues later if the copied part cannot be read back at present', async () => {
    const { source, copier } = await sandboxPair()
    await source.store.put('from', 'k', bodyOf(2 * PART + 1))
    const { map, uploads } = memoryLedger()
    const stop = new AbortController()
    await copier({ ...inOrder, uploads }).copy({ key: 'k' }, untilFirstPart(stop))
    source.faults.add({
      operation: 'GetObject',
      nth: [2, 3],
      action: error('SlowDown', 503),
    })
    const later = copier({ ...inOrder, uploads })
    expect(await later.copy({ key: 'k' }, runner)).toMatchObject({
      ok: false,
      failure: { class: 'throttle' },
    })
    expect(map.size).toBe(1)
    expect(await later.copy({ key: 'k' }, runner)).toMatchObject({ ok: true, verification: 'stream-md5' })
    expect(map.size).toBe(0)
  })
})

describe('a refusal', () => {
  it('is recognised by its beginning, however long it is', async () => {
    const { source, copier } = await sandboxPair()
    const body = `<Error><Code>InvalidObjectState</Code></Error>${' '.repeat(300_000)}`
    source.faults.add({ operation: 'GetObject', action: { type: 'answer', status: 403, body } })
    expect(await copier().copy({ key: 'k' }, runner)).toMatchObject({
      ok: false,
      failure: { code: 'InvalidObjectState' },
    })
  })
})

describe('eighty objects at once', () => {
  it('arrive, although not every connection reads as much as the first ones', async () => {
    const { source, destination, copier } = await sandboxPair()
    const keys = Array.from({ length: 80 }, (_, index) => `k${index}`)
    for (const [index, key] of keys.entries()) await source.store.put('from', key, bodyOf(150_000, index))
    const hold = source.hold({ operation: 'GetObject' })
    const one = copier()
    const copies = keys.map((key) => one.copy({ key }, runner))
    await hold.arrived(80)
    hold.release()
    for (const copy of copies) expect(await copy).toMatchObject({ ok: true, verification: 'etag' })
    expect(destination.store.keys('to')).toHaveLength(80)
  })
})
