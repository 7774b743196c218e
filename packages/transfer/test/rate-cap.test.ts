import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createSimpleRunner, type Copier } from '../src/index.js'
import { RateCap } from '../src/rate-cap.js'
import { bodyOf } from './support/objects.js'
import { sandboxOptions, sandboxPair } from './support/sandbox-pair.js'

describe('a cap on a rate', () => {
  it('lets no more pass than the rate and a tenth of a second’s worth, whatever is taken and when', () => {
    const takes = fc.array(
      fc.record({ after: fc.integer({ min: 0, max: 500 }), amount: fc.integer({ min: 1, max: 900 }) }),
    )
    fc.assert(
      fc.property(fc.integer({ min: 10, max: 10_000 }), takes, (perSecond, all) => {
        let now = 0
        const cap = new RateCap(perSecond, () => now)
        let taken = 0
        for (const { after, amount } of all) {
          now += after
          // Who obeys goes on only after the wait.
          now += cap.take(amount)
          taken += amount
          expect(taken).toBeLessThanOrEqual(perSecond / 10 + (now * perSecond) / 1000 + 1e-6)
        }
      }),
    )
  })

  it('holds nothing up below the rate', () => {
    let now = 0
    const cap = new RateCap(1000, () => now)
    for (let index = 0; index < 100; index++) {
      now += 10
      expect(cap.take(10)).toBe(0)
    }
  })
})

describe('a capped copy', () => {
  it.each([100_000, 2_000_000])('of %d bytes arrives exactly', async (bytes) => {
    const { source, destination, copier: make } = await sandboxPair()
    const body = bodyOf(bytes)
    await source.store.put('from', 'k', body)
    const copier = make({
      source: { ...sandboxOptions(source, 'from'), maxBytesPerSecond: 10_000_000, maxRequestsPerSecond: 20 },
      destination: { ...sandboxOptions(destination, 'to'), maxBytesPerSecond: 8_000_000 },
    })
    const runner = createSimpleRunner({ maxAttempts: 1 })
    const results = await Promise.all([1, 2, 3].map(() => copier.copy({ key: 'k' }, runner)))
    for (const result of results) expect(result).toMatchObject({ ok: true, bytes, verification: 'etag' })
    expect((await destination.store.get('to', 'k'))!.bytes.equals(body)).toBe(true)
  })

  const small = bodyOf(50_000)

  async function twentySmallCopies(limit: (copier: Copier) => void) {
    const { source, destination, copier: make } = await sandboxPair()
    await source.store.put('from', 'k', small)
    const copier = make({
      source: sandboxOptions(source, 'from'),
      destination: sandboxOptions(destination, 'to'),
    })
    limit(copier)
    const runner = createSimpleRunner({ maxAttempts: 1 })
    const startedAt = performance.now()
    await Promise.all(
      Array.from({ length: 20 }, (_, n) => copier.copy({ key: 'k', destinationKey: `k${n}` }, runner)),
    )
    return performance.now() - startedAt
  }

  it('of small objects, each of which arrives at once, takes the time that the cap says', async () => {
    const tookMs = await twentySmallCopies((copier) => copier.limitTraffic({ maxBytesPerSecond: 2_000_000 }))
    expect(tookMs).toBeGreaterThan(((20 * small.length - 200_000) / 2_000_000) * 1000 - 1)
  })

  it('can be told its caps while it goes on, lifted again, and refuses what is none', async () => {
    const tookMs = await twentySmallCopies((copier) => {
      copier.limitTraffic({ maxRequestsPerSecond: 100, maxBytesPerSecond: 1 })
      copier.limitTraffic({ maxBytesPerSecond: null })
      expect(() => copier.limitTraffic({ maxRequestsPerSecond: 0 })).toThrow(
        expect.objectContaining({ code: 'LAGOON_TRANSFER_INVALID_OPTION' }),
      )
    })
    // Ten requests at once, the other ten of each side at the cap.
    expect(tookMs).toBeGreaterThan(99)
  })
})
