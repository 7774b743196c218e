import { describe, expect, it } from 'vitest'
import { createSimpleRunner } from '../src/index.js'
import { bodyOf } from './support/objects.js'
import { sandboxOptions, sandboxPair } from './support/sandbox-pair.js'

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

describe('a wrong byte that no ETag and no checksum tells', () => {
  it('is found by reading back, and the object copied again', async () => {
    const { destination, copier } = await opaquePair(1)
    expect(await copier.copy({ key: 'k' }, runner)).toMatchObject({ ok: true, verification: 'read-back' })
    expect((await destination.store.get('to', 'k'))!.bytes.equals(bodyOf(2_000_000))).toBe(true)
  })

  it('that comes every time fails the object, and nothing wrong is left behind', async () => {
    const { destination, copier } = await opaquePair(99)
    expect(await copier.copy({ key: 'k' }, runner)).toMatchObject({
      ok: false,
      failure: { code: 'ChecksumMismatch' },
    })
    expect(await destination.store.get('to', 'k')).toBeNull()
  })
})
