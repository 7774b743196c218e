import { startSandbox, type FaultAction, type Sandbox, type SandboxOptions } from '@lagoon/s3-sandbox'
import { describe, expect, it, onTestFinished } from 'vitest'
import { encodeKey } from '../src/protocol/encode-key.js'
import { Endpoint } from '../src/s3/endpoint.js'
import { headSource } from '../src/s3/object-head.js'
import { resolveEndpoint } from '../src/options/resolve-endpoint.js'
import { PartFinder } from '../src/copy/source-parts.js'
import { bodyOf, putInParts } from './support/objects.js'
import { sandboxBucket, sandboxOptions } from './support/sandbox-pair.js'

const tiny = { minPartSizeBytes: 1 }

async function finder(options: SandboxOptions = {}) {
  const sandbox = await startSandbox({
    buckets: ['from'],
    ...options,
    limits: { ...tiny, ...options.limits },
  })
  const endpoint = new Endpoint(resolveEndpoint(sandboxOptions(sandbox, 'from')), 'source', 8)
  onTestFinished(async () => {
    await endpoint.close()
    await sandbox.close()
  })
  const parts = new PartFinder()
  async function find(key: string, count: number) {
    const location = { endpoint, path: endpoint.pathOf(encodeKey(key)), query: '', name: key }
    const head = await headSource(location, undefined)
    if (!head.ok) throw new Error(head.failure.message)
    sandbox.requests.clear()
    return parts.find(location, head.value, count, undefined)
  }
  return { sandbox, find }
}

/** An object of parts of these sizes. */
async function stored(sandbox: Sandbox, key: string, sizes: readonly number[]): Promise<void> {
  const body = bodyOf(sizes.reduce((sum, size) => sum + size))
  await putInParts(sandboxBucket(sandbox, 'from'), key, body, sizes)
}

const uneven = [3, 9, 4, 1]

describe('the parts of a source', () => {
  it('are listed with one request if the store lists them', async () => {
    const { sandbox, find } = await finder({ limits: { defaultChecksum: 'crc64nvme' } })
    await stored(sandbox, 'k', uneven)
    expect(await find('k', 4)).toMatchObject({ ok: true, value: uneven })
    expect(sandbox.requests.byOperation).toEqual({ GetObjectAttributes: 1 })
  })

  it('are listed a thousand at a time', async () => {
    const { sandbox, find } = await finder({ limits: { defaultChecksum: 'crc64nvme' } })
    const sizes = Array.from({ length: 1001 }, (_, index) => 1 + (index % 3))
    await stored(sandbox, 'k', sizes)
    expect(await find('k', 1001)).toMatchObject({ ok: true, value: sizes })
    expect(sandbox.requests.byOperation).toEqual({ GetObjectAttributes: 2 })
  })

  it('are requested by HEAD if the store does not support the listing, which is tried once', async () => {
    const { sandbox, find } = await finder({ limits: { objectAttributes: false } })
    await stored(sandbox, 'k', [5, 5, 2])
    expect(await find('k', 3)).toMatchObject({ ok: true, value: [5, 5, 2] })
    expect(sandbox.requests.byOperation).toEqual({ GetObjectAttributes: 1, HeadObject: 2 })
    expect(await find('k', 3)).toMatchObject({ ok: true, value: [5, 5, 2] })
    expect(sandbox.requests.byOperation).toEqual({ HeadObject: 2 })
    await stored(sandbox, 'u', uneven)
    expect(await find('u', 4)).toMatchObject({ ok: true, value: uneven })
    expect(sandbox.requests.byOperation).toEqual({ HeadObject: 5 })
  })

  it('are requested by HEAD first once the store has listed none for three objects', async () => {
    const { sandbox, find } = await finder()
    await stored(sandbox, 'k', [5, 5, 2])
    for (let round = 0; round < 3; round++) {
      await find('k', 3)
      expect(sandbox.requests.byOperation).toEqual({ GetObjectAttributes: 1, HeadObject: 2 })
    }
    await find('k', 3)
    expect(sandbox.requests.byOperation).toEqual({ HeadObject: 2 })
  })

  it.each([
    ['refuses the question for lack of a permission', { type: 'error', code: 'AccessDenied' } as const],
    ['answers with a page', { type: 'html', status: 200 } as const],
    ['answers with the object', { type: 'answer', status: 200, body: 'x'.repeat(2_000_000) } as const],
    ['answers garbage', { type: 'garbage-xml', status: 200 } as const],
  ])('are found by HEAD if the store %s', async (_, action) => {
    const { sandbox, find } = await finder({ limits: { defaultChecksum: 'crc64nvme' } })
    await stored(sandbox, 'k', [5, 5, 2])
    sandbox.faults.add({ operation: 'GetObjectAttributes', action })
    expect(await find('k', 3)).toMatchObject({ ok: true, value: [5, 5, 2] })
    expect(sandbox.requests.byOperation['HeadObject']).toBe(2)
  })

  it('are found by HEAD if the listed ones do not begin with the first', async () => {
    const { sandbox, find } = await finder()
    await stored(sandbox, 'k', [5, 2])
    const { etag } = (await sandbox.store.get('from', 'k'))!
    const body = `<GetObjectAttributesResponse><ETag>${etag}</ETag><Part><PartNumber>2</PartNumber></Part></GetObjectAttributesResponse>`
    sandbox.faults.add({ operation: 'GetObjectAttributes', action: { type: 'answer', status: 200, body } })
    expect(await find('k', 2)).toMatchObject({ ok: true, value: [5, 2] })
  })

  it('are requested again after a throttle or a temporary fault', async () => {
    const { sandbox, find } = await finder()
    await stored(sandbox, 'k', [5, 2])
    sandbox.faults.add({
      operation: 'GetObjectAttributes',
      nth: 1,
      action: { type: 'error', code: 'SlowDown' },
    })
    expect(await find('k', 2)).toMatchObject({ ok: false, failure: { class: 'throttle' } })
    expect(await find('k', 2)).toMatchObject({ ok: true, value: [5, 2] })
  })

  it('of another version are never used', async () => {
    const { sandbox, find } = await finder({ limits: { defaultChecksum: 'crc64nvme' } })
    await stored(sandbox, 'k', [5, 2])
    const hold = sandbox.hold({ operation: 'GetObjectAttributes' })
    const found = find('k', 2)
    await hold.arrived(1)
    await stored(sandbox, 'k', [4, 3])
    hold.release()
    expect(await found).toMatchObject({ ok: true, value: null })
  })
})

describe('a store that does not list parts', () => {
  const unlisted = { limits: { objectAttributes: false } }

  it.each<[string, FaultAction]>([
    ['says another number of parts', answer({ 'x-amz-mp-parts-count': '3', 'content-length': '5' })],
    ['does not say how many there are', answer({ 'content-length': '5' })],
    ['does not take the question', { type: 'answer', status: 405 }],
    ['has no such part', { type: 'answer', status: 416 }],
    ['takes a part for another version', { type: 'answer', status: 412 }],
  ])('leaves them unknown where it %s', async (_, action) => {
    const { sandbox, find } = await finder(unlisted)
    await stored(sandbox, 'k', [5, 2])
    sandbox.faults.add({ operation: 'HeadObject', nth: 2, action })
    expect(await find('k', 2)).toMatchObject({ ok: true, value: null })
  })

  it.each([
    ['the last part', [5, 5, 2], 3],
    ['one of unequal parts', uneven, 5],
  ])('gets another request if %s is temporarily unavailable', async (_, sizes, nth) => {
    const { sandbox, find } = await finder(unlisted)
    await stored(sandbox, 'k', sizes)
    sandbox.faults.add({ operation: 'HeadObject', nth, action: { type: 'answer', status: 503 } })
    expect(await find('k', sizes.length)).toMatchObject({ ok: false, failure: { class: 'throttle' } })
    expect(await find('k', sizes.length)).toMatchObject({ ok: true, value: sizes })
  })

  it('does not get a thousand requests for unequal parts', async () => {
    const { sandbox, find } = await finder(unlisted)
    const sizes = [1, ...Array.from({ length: 1000 }, () => 2)]
    await stored(sandbox, 'k', sizes)
    expect(await find('k', sizes.length)).toMatchObject({ ok: true, value: null })
    expect(sandbox.requests.byOperation['HeadObject']).toBeLessThan(3)
  })
})

describe('a store that rarely lists parts', () => {
  it('gets a listing request for unequal ones before individual ones', async () => {
    const { sandbox, find } = await finder({ limits: { defaultChecksum: 'crc64nvme' } })
    await stored(sandbox, 'k', uneven)
    // What it says of three objects does not fit them.
    const other = { type: 'answer', status: 200, body: '<GetObjectAttributesResponse/>' } as const
    sandbox.faults.add({ operation: 'GetObjectAttributes', times: 3, action: other })
    for (let round = 0; round < 3; round++) await find('k', 4)
    expect(await find('k', 4)).toMatchObject({ ok: true, value: uneven })
    expect(sandbox.requests.byOperation).toEqual({ HeadObject: 1, GetObjectAttributes: 1 })
  })

  it('counts as undecided if that is temporarily refused', async () => {
    const { sandbox, find } = await finder({ limits: { defaultChecksum: 'crc64nvme' } })
    await stored(sandbox, 'k', uneven)
    const other = { type: 'answer', status: 200, body: '<GetObjectAttributesResponse/>' } as const
    sandbox.faults.add({ operation: 'GetObjectAttributes', nth: [1, 2, 3], action: other })
    const busy = { type: 'error', code: 'SlowDown' } as const
    sandbox.faults.add({ operation: 'GetObjectAttributes', nth: 4, action: busy })
    for (let round = 0; round < 3; round++) await find('k', 4)
    expect(await find('k', 4)).toMatchObject({ ok: false, failure: { class: 'throttle' } })
    expect(await find('k', 4)).toMatchObject({ ok: true, value: uneven })
  })

  it('gets a request for each unequal part if it lists none', async () => {
    const { sandbox, find } = await finder()
    await stored(sandbox, 'k', uneven)
    for (let round = 0; round < 3; round++) await find('k', 4)
    expect(await find('k', 4)).toMatchObject({ ok: true, value: uneven })
    expect(sandbox.requests.byOperation).toEqual({ HeadObject: 5, GetObjectAttributes: 1 })
  })
})

function answer(headers: Record<string, string>): FaultAction {
  return { type: 'answer', status: 200, headers: { etag: '"e"', ...headers } }
}
