import { describe, expect, it } from 'vitest'
import { createSimpleRunner, type CopierOptions } from '../src/index.js'
import { needsCustomerKey } from '../src/options/customer-key.js'
import { bodyOf } from './support/objects.js'
import { sandboxPair } from './support/sandbox-pair.js'

const MIB = 1024 ** 2
const runner = createSimpleRunner({ maxAttempts: 2, baseDelayMs: 0 })

async function stored(bytes: number, options: Partial<CopierOptions>) {
  const pair = await sandboxPair()
  await pair.source.store.put('from', 'k', bodyOf(bytes), {
    headers: { 'x-amz-storage-class': 'STANDARD_IA' },
    tags: { a: '1', 'b c': 'x+=/' },
  })
  const { versionId } = (await pair.source.store.get('from', 'k'))!
  const copier = pair.copier({ singlePutBytes: 5 * MIB, ...options })
  return { ...pair, job: { key: 'k', versionId }, copier }
}

describe.each([
  ['one PUT', 10],
  ['parts', 5 * MIB + 9],
])('an object with %s', (_, bytes) => {
  it('is copied with the tags of its version, and its storage class, on request', async () => {
    const { source, destination, job, copier } = await stored(bytes, { tags: true, storageClass: 'keep' })
    expect(await copier.copy(job, runner)).toMatchObject({ ok: true, bytes })
    const there = (await destination.store.get('to', 'k'))!
    expect(there.tags).toEqual({ a: '1', 'b c': 'x+=/' })
    expect(there.headers['x-amz-storage-class']).toBe('STANDARD_IA')
    const asked = source.requests.records.filter(({ operation }) => operation === 'GetObjectTagging')
    expect(asked.map(({ query }) => query.get('versionId'))).toEqual([job.versionId])
  })

  it('is not copied without the requested tags', async () => {
    const { source, destination, job, copier } = await stored(bytes, { tags: true })
    source.faults.add({
      operation: 'GetObjectTagging',
      action: { type: 'error', code: 'AccessDenied', status: 403 },
    })
    expect(await copier.copy(job, runner)).toMatchObject({
      ok: false,
      failure: { side: 'source', code: 'AccessDenied', message: expect.stringContaining('tags') },
    })
    expect(destination.store.keys('to')).toEqual([])
    expect(destination.store.uploads('to')).toEqual([])
  })

  it('is not copied after an abort during the tag request', async () => {
    const { source, destination, job, copier } = await stored(bytes, { tags: true })
    const hold = source.hold({ operation: 'GetObjectTagging' })
    const stop = new AbortController()
    const once = createSimpleRunner({ maxAttempts: 1, signal: stop.signal })
    const copy = copier.copy(job, once, stop.signal)
    await hold.arrived()
    stop.abort()
    expect(await copy).toMatchObject({ ok: false, failure: { class: 'aborted' } })
    hold.release()
    expect(destination.requests.total).toBe(0)
  })

  it('cannot be written with a key that is too long', async () => {
    const { source, job, copier } = await stored(bytes, { addPrefix: 'p'.repeat(1024) })
    expect(await copier.copy(job, runner)).toMatchObject({
      ok: false,
      failure: { side: 'destination', code: 'KeyTooLongError' },
    })
    expect(source.requests.total).toBe(0)
  })
})

it.each([
  ['GET', '', true, true],
  ['PUT', '', true, true],
  ['PUT', 'partNumber=1&uploadId=u', true, true],
  ['GET', 'max-parts=1000&uploadId=u', true, false],
  ['GET', 'tagging=', true, false],
  ['DELETE', '', true, false],
  ['GET', 'list-type=2', false, false],
])('a customer key is sent with %s %j of an object (%j): %j', (method, query, isObject, along) => {
  expect(needsCustomerKey(method, query, isObject)).toBe(along)
})
