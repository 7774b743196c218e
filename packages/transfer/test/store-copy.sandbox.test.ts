import { startSandbox, type FaultRule, type Limits } from '@lagoon/s3-sandbox'
import { describe, expect, it, onTestFinished } from 'vitest'
import { createSimpleRunner, type CopierOptions, type EndpointOptions } from '../src/index.js'
import { bodyOf } from './support/objects.js'
import { putPartsInSandbox } from './support/put-parts-in-sandbox.js'
import { sandboxOptions } from './support/sandbox-pair.js'
import { testCopier } from './support/test-copier.js'

const PART = 5 * 1024 ** 2
const runner = createSimpleRunner({ maxAttempts: 2, baseDelayMs: 0 })

/** One store with an object in its first bucket; `parts` says whether it was uploaded in two. */
async function store(
  { parts = false, limits = {} }: { parts?: boolean; limits?: Partial<Limits> },
  options: Partial<CopierOptions> = {},
  takes: EndpointOptions['limits'] = {},
) {
  const sandbox = await startSandbox({ buckets: ['from', 'to'], limits })
  onTestFinished(() => sandbox.close())
  const body = bodyOf(parts ? PART + 7 : 1000)
  const etag = parts
    ? await putPartsInSandbox(sandbox, 'from', 'k', body, PART)
    : await sandbox.store.put('from', 'k', body)
  const source = sandboxOptions(sandbox, 'from')
  const destination = { ...sandboxOptions(sandbox, 'to'), limits: takes }
  const copier = testCopier({ source, destination, ...options })
  const arrived = async () => (await sandbox.store.get('to', 'k'))?.bytes.equals(body)
  sandbox.requests.clear()
  return { sandbox, copier, etag, arrived }
}

const refusal = (operation: FaultRule['operation'], code: string, status: number): FaultRule => ({
  operation: operation!,
  action: { type: 'error', code, status },
})

describe.each([
  ['in one piece', false, 'CopyObject', 'PutObject'],
  ['in parts', true, 'UploadPartCopy', 'UploadPart'],
] as const)('an object %s within one store', (_, parts, byStore, byHand) => {
  it('is copied by the store itself', async () => {
    const { sandbox, copier, etag, arrived } = await store({ parts })
    expect(await copier.copy({ key: 'k' }, runner)).toMatchObject({ ok: true, etag, verification: 'etag' })
    expect(sandbox.requests.byOperation[byHand]).toBeUndefined()
    expect(await arrived()).toBe(true)
  })

  it.each([
    ['AccessDenied', 403],
    ['InvalidRequest', 400],
    ['NotImplemented', 501],
  ])('passes through this machine if the store refuses with %s', async (code, status) => {
    const { sandbox, copier, etag, arrived } = await store({ parts })
    sandbox.faults.add(refusal(byStore, code, status))
    expect(await copier.copy({ key: 'k' }, runner)).toMatchObject({ ok: true, etag, verification: 'etag' })
    expect(sandbox.requests.byOperation[byHand]).toBeGreaterThan(0)
    expect(await arrived()).toBe(true)
    expect(sandbox.store.uploads('to')).toEqual([])
  })

  it('is requested once, if the store does not support it', async () => {
    const { sandbox, copier } = await store({ parts, limits: { serverSideCopy: false } })
    await copier.copy({ key: 'k' }, runner)
    const asked = sandbox.requests.byOperation[byStore]
    expect(asked).toBeGreaterThan(0)
    expect(await copier.copy({ key: 'k' }, runner)).toMatchObject({ ok: true })
    expect(sandbox.requests.byOperation[byStore]).toBe(asked)
  })

  it('fails if the store refuses and is the only way', async () => {
    const { sandbox, copier } = await store({ parts }, { serverSideCopy: 'always' })
    sandbox.faults.add(refusal(byStore, 'AccessDenied', 403))
    expect(await copier.copy({ key: 'k' }, runner)).toMatchObject({
      ok: false,
      failure: { code: 'AccessDenied', side: 'destination' },
    })
    expect(sandbox.requests.byOperation[byHand]).toBeUndefined()
    expect(sandbox.store.uploads('to')).toEqual([])
  })

  it('fails like the store, if that is not a refusal to copy', async () => {
    const { sandbox, copier, arrived } = await store({ parts })
    sandbox.faults.add(refusal(byStore, 'SlowDown', 503))
    expect(await copier.copy({ key: 'k' }, runner)).toMatchObject({
      ok: false,
      attempts: 2,
      failure: { class: 'throttle' },
    })
    expect(await arrived()).toBeUndefined()
  })

  it('is requested again if the response has no ETag', async () => {
    const { sandbox, copier, etag } = await store({ parts })
    const action = { type: 'answer', status: 200, body: '<Copied/>' } as const
    sandbox.faults.add({ operation: byStore, nth: 1, action })
    expect(await copier.copy({ key: 'k' }, runner)).toMatchObject({ ok: true, etag, attempts: 2 })
  })

  it('is kept if it exists, and only others are to be replaced', async () => {
    const { sandbox, copier } = await store({ parts }, { overwrite: 'if-different' })
    expect(await copier.copy({ key: 'k' }, runner)).toMatchObject({ ok: true, verification: 'etag' })
    sandbox.requests.clear()
    expect(await copier.copy({ key: 'k' }, runner)).toMatchObject({ ok: true, skipped: true })
    expect(sandbox.requests.byOperation).toEqual({ HeadObject: 2 })
  })

  it('is copied in the requested version', async () => {
    const { sandbox, copier, etag, arrived } = await store({ parts })
    const { versionId } = (await sandbox.store.get('from', 'k'))!
    expect(await copier.copy({ key: 'k', versionId }, runner)).toMatchObject({ ok: true, etag })
    expect(await arrived()).toBe(true)
    const request = sandbox.requests.records.find(({ operation }) => operation === byStore)
    expect(request!.headers['x-amz-copy-source']).toBe(`/from/k?versionId=${versionId}`)
  })

  it('that was replaced in the meantime is copied in its present version', async () => {
    const { sandbox, copier } = await store({ parts })
    const hold = sandbox.hold({ operation: byStore })
    const copy = copier.copy({ key: 'k' }, runner)
    await hold.arrived()
    const etag = await sandbox.store.put('from', 'k', 'replaced')
    hold.release()
    expect(await copy).toMatchObject({ ok: true, etag })
    expect(sandbox.store.uploads('to')).toEqual([])
  })
})

describe('an object within one store', () => {
  it('that was uploaded as one part keeps its ETag', async () => {
    const { sandbox, copier } = await store({})
    const etag = await putPartsInSandbox(sandbox, 'from', 'one', bodyOf(1000), 1000)
    expect(await copier.copy({ key: 'one' }, runner)).toMatchObject({ ok: true, etag, verification: 'etag' })
    expect(sandbox.requests.byOperation['UploadPartCopy']).toBe(1)
  })

  it('that is too large for one copy is copied in parts, whose ETag proves nothing', async () => {
    const { sandbox, copier } = await store({}, {}, { maxSinglePutBytes: PART })
    const body = bodyOf(2 * PART)
    await sandbox.store.put('from', 'large', body)
    const options = { bytes: body.length, verification: 'server-side' }
    expect(await copier.copy({ key: 'large' }, runner)).toMatchObject({ ok: true, ...options })
    expect((await sandbox.store.get('to', 'large'))!.bytes.equals(body)).toBe(true)
    expect(sandbox.requests.byOperation['CopyObject']).toBeUndefined()
  })
})
