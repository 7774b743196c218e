import type { FaultAction } from '@lagoon/s3-sandbox'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createSimpleRunner } from '../src/index.js'
import { bodyOf } from './support/objects.js'
import { sandboxOptions, sandboxPair } from './support/sandbox-pair.js'

const MIB = 1024 ** 2
const runner = createSimpleRunner({ maxAttempts: 3, baseDelayMs: 0 })

/** Around the edges where the path changes: chunks of the socket, the gathered limit, streams. */
const sizes = fc.oneof(
  fc.integer({ min: 0, max: 300_000 }),
  fc.constantFrom(0, 1, 65_535, 65_536, 65_537, MIB - 1, MIB, MIB + 1, 2 * MIB),
  fc.integer({ min: MIB, max: 3 * MIB }),
)
const position = fc.integer({ min: 0, max: 3 * MIB })
const faults = fc.record({
  destination: fc.boolean(),
  times: fc.integer({ min: 1, max: 4 }),
  action: fc.oneof(
    position.map((atByte): FaultAction => ({ type: 'reset-response', atByte })),
    position.map((atByte): FaultAction => ({ type: 'truncate', atByte })),
    position.map((atByte): FaultAction => ({ type: 'truncate', atByte, contentLength: 'shortened' })),
    position.map((atByte): FaultAction => ({ type: 'flip', atByte })),
    position.map((atByte): FaultAction => ({ type: 'flip', atByte, side: 'request', mask: 128 })),
    fc.constantFrom<FaultAction>(
      { type: 'error', code: 'SlowDown' },
      { type: 'html' },
      { type: 'garbage-xml' },
      { type: 'reset-response', atByte: 'headers' },
    ),
  ),
})

describe('whatever the size and wherever the fault', () => {
  it('the destination holds exactly the source’s bytes, or the outcome says why not', async () => {
    const pair = await sandboxPair()
    const patience = { firstByteTimeoutMs: 2000, idleTimeoutMs: 2000 }
    const copier = pair.copier({
      source: { ...sandboxOptions(pair.source, 'from'), ...patience },
      destination: { ...sandboxOptions(pair.destination, 'to'), ...patience },
    })
    let number = 0
    await fc.assert(
      fc.asyncProperty(sizes, fc.array(faults, { maxLength: 3 }), async (size, rules) => {
        const key = `object ${++number}`
        const body = bodyOf(size, number)
        await pair.source.store.put('from', key, body)
        for (const { destination, times, action } of rules)
          pair[destination ? 'destination' : 'source'].faults.add({
            operation: destination ? 'PutObject' : 'GetObject',
            key,
            times,
            action,
          })
        const result = await copier.copy({ key }, runner)
        const there = await pair.destination.store.get('to', key)
        const exact = there?.bytes.equals(body) ?? false
        expect(exact || (!result.ok && there === null)).toBe(true)
        expect(result.ok ? result.bytes === size : result.failure.code !== '').toBe(true)
        pair.source.store.delete('from', key)
        pair.destination.store.delete('to', key)
      }),
      { numRuns: 150 },
    )
  })
})
