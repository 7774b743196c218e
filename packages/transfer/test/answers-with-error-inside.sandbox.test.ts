import { startSandbox } from '@lagoon/s3-sandbox'
import { describe, expect, it, onTestFinished } from 'vitest'
import { createSimpleRunner } from '../src/index.js'
import { bodyOf, md5Of } from './support/objects.js'
import { putPartsInSandbox } from './support/put-parts-in-sandbox.js'
import { sandboxOptions, sandboxPair } from './support/sandbox-pair.js'
import { testCopier } from './support/test-copier.js'

const MIB = 1024 ** 2
const runner = createSimpleRunner({ maxAttempts: 3, baseDelayMs: 0 })

describe('a response of status 200 with an error inside', () => {
  it('to CompleteMultipartUpload is an error, and retried', async () => {
    const { source, destination, copier: make } = await sandboxPair()
    const body = bodyOf(5 * MIB + 7)
    const etag = await putPartsInSandbox(source, 'from', 'k', body, 5 * MIB)
    destination.faults.add({
      operation: 'CompleteMultipartUpload',
      action: { type: 'error-in-body', code: 'InternalError' },
      times: 1,
    })
    expect(await make().copy({ key: 'k' }, runner)).toMatchObject({ ok: true, etag, attempts: 2 })
    expect((await destination.store.get('to', 'k'))!.bytes.equals(body)).toBe(true)
  })

  it('is not an error if the upload was completed nevertheless', async () => {
    const { source, destination, copier: make } = await sandboxPair()
    const etag = await putPartsInSandbox(source, 'from', 'k', bodyOf(5 * MIB + 7), 5 * MIB)
    destination.faults.add({
      operation: 'CompleteMultipartUpload',
      action: { type: 'error-in-body', code: 'InternalError', applied: true },
      times: 1,
    })
    expect(await make().copy({ key: 'k' }, runner)).toMatchObject({ ok: true, etag })
  })

  it('to CopyObject is an error, and retried', async () => {
    const store = await startSandbox({ buckets: ['from', 'to'] })
    onTestFinished(() => store.close())
    const body = bodyOf(1000)
    await store.store.put('from', 'k', body)
    store.faults.add({ operation: 'CopyObject', action: { type: 'error-in-body' }, times: 1 })
    const copier = testCopier({
      source: sandboxOptions(store, 'from'),
      destination: sandboxOptions(store, 'to'),
    })
    expect(await copier.copy({ key: 'k' }, runner)).toMatchObject({
      ok: true,
      etag: md5Of(body),
      attempts: 2,
    })
  })

  it('falls back to a relayed copy if the store refuses to copy', async () => {
    const store = await startSandbox({ buckets: ['from', 'to'] })
    onTestFinished(() => store.close())
    await store.store.put('from', 'k', 'abc')
    store.faults.add({
      operation: 'CopyObject',
      action: { type: 'error', code: 'NotImplemented', status: 501 },
    })
    const copier = testCopier({
      source: sandboxOptions(store, 'from'),
      destination: sandboxOptions(store, 'to'),
    })
    expect(await copier.copy({ key: 'k' }, runner)).toMatchObject({
      ok: true,
      bytes: 3,
      verification: 'etag',
    })
    expect(store.requests.byOperation).toMatchObject({ CopyObject: 1, PutObject: 1 })
  })
})

describe('an upload that fails at the destination', () => {
  it('starts over if the provider has cleaned it up', async () => {
    const { source, destination, copier: make } = await sandboxPair()
    const etag = await putPartsInSandbox(source, 'from', 'k', bodyOf(5 * MIB + 7), 5 * MIB)
    destination.faults.add({
      operation: 'UploadPart',
      action: { type: 'error', code: 'NoSuchUpload', status: 404 },
      times: 1,
    })
    expect(await make().copy({ key: 'k' }, runner)).toMatchObject({ ok: true, etag })
    expect(destination.store.uploads('to')).toEqual([])
  })

  it('uses other parts if its own are refused as too small', async () => {
    const { source, destination, copier: make } = await sandboxPair()
    const body = bodyOf(5 * MIB + 7)
    await putPartsInSandbox(source, 'from', 'k', body, 5 * MIB)
    destination.faults.add({
      operation: 'CompleteMultipartUpload',
      action: { type: 'error', code: 'EntityTooSmall', status: 400 },
      times: 1,
    })
    expect(await make().copy({ key: 'k' }, runner)).toMatchObject({ ok: true, bytes: body.length })
    expect((await destination.store.get('to', 'k'))!.bytes.equals(body)).toBe(true)
    expect(destination.store.uploads('to')).toEqual([])
  })

  it('is planned again if the source is replaced during the copy', async () => {
    const { source, destination, copier: make } = await sandboxPair()
    await putPartsInSandbox(source, 'from', 'k', bodyOf(5 * MIB + 7), 5 * MIB)
    const hold = destination.hold({ operation: 'CreateMultipartUpload' })
    const arrived = destination.requests.next({ operation: 'CreateMultipartUpload' })
    const copy = make().copy({ key: 'k' }, runner)
    await arrived
    const replaced = bodyOf(2000, 7)
    await source.store.put('from', 'k', replaced)
    hold.release()
    expect(await copy).toMatchObject({ ok: true, bytes: 2000, etag: md5Of(replaced) })
    expect(destination.store.uploads('to')).toEqual([])
  })
})
