import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createSimpleRunner, type Copier } from '../src/index.js'
import { RateCap } from '../src/s3/rate-cap.js'
import { bodyOf } from './support/objects.js'
import { sandboxOptions, sandboxPair } from './support/sandbox-pair.js'

const PER_MS = 1_000_000n

describe('a cap on a rate', () => {
  it('passes no more than the rate and a tenth of a second’s worth, whatever the requests, times and threads', () => {
    const takes = fc.array(
      fc.record({
        after: fc.integer({ min: 0, max: 500 }),
        amount: fc.integer({ min: 1, max: 900 }),
        thread: fc.integer({ min: 0, max: 2 }),
      }),
    )
    fc.assert(
      fc.property(fc.integer({ min: 10, max: 10_000 }), takes, (perSecond, all) => {
        let nowNs = 1_000_000n * PER_MS
        const cell = new BigInt64Array(1)
        const caps = [0, 1, 2].map(() => new RateCap(perSecond, cell, () => nowNs))
        const passed: { atMs: number; amount: number }[] = []
        const startedNs = nowNs
        for (const { after, amount, thread } of all) {
          nowNs += BigInt(after) * PER_MS
          // Who obeys goes on only after the wait; the others do not wait for that.
          const atMs = Number((nowNs - startedNs) / PER_MS) + caps[thread]!.take(amount)
          passed.push({ atMs, amount })
        }
        for (const { atMs: until } of passed) {
          const taken = passed.reduce((sum, { atMs, amount }) => (atMs <= until ? sum + amount : sum), 0)
          expect(taken).toBeLessThanOrEqual(perSecond / 10 + (until * perSecond) / 1000 + 1e-3)
        }
      }),
    )
  })

  it('delays nothing below the rate', () => {
    let nowNs = 0n
    const cap = new RateCap(1000, new BigInt64Array(1), () => nowNs)
    for (let index = 0; index < 100; index++) {
      nowNs += 10n * PER_MS
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

  it('of small objects takes the time that the cap implies', async () => {
    const tookMs = await twentySmallCopies((copier) => copier.limitTraffic({ maxBytesPerSecond: 2_000_000 }))
    expect(tookMs).toBeGreaterThan(((20 * small.length - 200_000) / 2_000_000) * 1000 - 1)
  })

  it('can change its caps in progress, remove them, and refuses invalid ones', async () => {
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
