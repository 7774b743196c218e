import { ListObjectVersionsCommand, PutBucketVersioningCommand } from '@aws-sdk/client-s3'
import type { FaultAction, Operation, RequestRecord } from '@lagoon/s3-sandbox'
import { describe, expect, it } from 'vitest'
import { createSimpleRunner } from '../src/index.js'
import { bodyOf } from './support/objects.js'
import { sandboxBucket, sandboxOptions, sandboxPair } from './support/sandbox-pair.js'

const runner = createSimpleRunner({ maxAttempts: 2, baseDelayMs: 0 })

async function opaquePair(flips: number) {
  const pair = await sandboxPair()
  await pair.source.store.put('from', 'k', bodyOf(2_000_000))
  pair.destination.faults.add({
    operation: 'PutObject',
    action: { type: 'flip', atByte: 7, side: 'request' },
    times: flips,
  })
  const copier = pair.copier({
    source: { ...sandboxOptions(pair.source, 'from'), etags: 'opaque' },
    destination: { ...sandboxOptions(pair.destination, 'to'), etags: 'opaque' },
    verify: 'strict',
  })
  return { ...pair, copier }
}

describe('reading back', () => {
  const denied: FaultAction = { type: 'error', code: 'AccessDenied', status: 403 }
  const once = createSimpleRunner({ maxAttempts: 1 })

  it.each<['source' | 'destination', Operation, number[]]>([
    // Also without the checksums, to show which takes a permission of its own.
    ['source', 'HeadObject', [1, 2]],
    ['source', 'GetObject', [2]],
    ['destination', 'GetObject', [1]],
  ])('that the %s refuses fails the object and leaves it where it is', async (side, operation, nth) => {
    const { copier, destination, ...pair } = await opaquePair(0)
    const refusing = side === 'source' ? pair.source : destination
    refusing.faults.add({ operation, nth, action: denied })
    expect(await copier.copy({ key: 'k' }, once)).toMatchObject({
      ok: false,
      failure: { side, code: 'AccessDenied' },
    })
    expect(await destination.store.get('to', 'k')).not.toBeNull()
  })

  it.each([
    ['source', 'from'],
    ['destination', 'to'],
  ] as const)('an object that has changed at the %s meanwhile is copied again', async (side, bucket) => {
    const { copier, destination, ...pair } = await opaquePair(0)
    const changing = side === 'source' ? pair.source : destination
    const hold = changing.hold({
      operation: 'GetObject',
      where: ({ headers }) => headers.range !== undefined,
    })
    const copy = copier.copy({ key: 'k' }, once)
    await hold.arrived()
    await changing.store.put(bucket, 'k', bodyOf(2_000_000, 7))
    hold.release()
    expect(await copy).toMatchObject({ ok: true, verification: 'read-back' })
    expect(destination.requests.byOperation['PutObject']).toBe(2)
  })

  it.each(['source', 'destination'] as const)(
    'is possible where the %s does not know its own ETags again',
    async (side) => {
      const { copier, destination, ...pair } = await opaquePair(0)
      const failing = side === 'source' ? pair.source : destination
      const where = ({ headers }: RequestRecord): boolean => headers['if-match'] !== undefined
      failing.faults.add({ where, action: { type: 'error', code: 'PreconditionFailed', status: 412 } })
      expect(await copier.copy({ key: 'k' }, once)).toMatchObject({ ok: true, verification: 'read-back' })
    },
  )
})

describe('a wrong byte that no ETag or checksum reveals', () => {
  it('is found by reading back, and the object is copied again', async () => {
    const { destination, copier } = await opaquePair(1)
    expect(await copier.copy({ key: 'k' }, runner)).toMatchObject({ ok: true, verification: 'read-back' })
    expect((await destination.store.get('to', 'k'))!.bytes.equals(bodyOf(2_000_000))).toBe(true)
  })

  it('in every attempt fails the object, and nothing wrong is left behind', async () => {
    const { destination, copier } = await opaquePair(99)
    expect(await copier.copy({ key: 'k' }, runner)).toMatchObject({
      ok: false,
      failure: { code: 'ChecksumMismatch' },
    })
    expect(await destination.store.get('to', 'k')).toBeNull()
  })

  it('is removed by its version in a versioned bucket, and the previous object is current again', async () => {
    const { destination, copier } = await opaquePair(0)
    for (const nth of [1, 2, 3])
      destination.faults.add({
        operation: 'PutObject',
        nth,
        action: { type: 'flip', atByte: nth, side: 'request' },
      })
    await destination.store.put('to', 'k', 'before')
    const { client } = sandboxBucket(destination, 'to')
    const VersioningConfiguration = { Status: 'Enabled' } as const
    await client.send(new PutBucketVersioningCommand({ Bucket: 'to', VersioningConfiguration }))
    expect(await copier.copy({ key: 'k' }, runner)).toMatchObject({ ok: false })
    const { Versions, DeleteMarkers } = await client.send(new ListObjectVersionsCommand({ Bucket: 'to' }))
    expect({ versions: Versions?.length, markers: DeleteMarkers }).toEqual({
      versions: 1,
      markers: undefined,
    })
    expect((await destination.store.get('to', 'k'))!.bytes.toString()).toBe('before')
  })
})
