import fc from 'fast-check'
import { expect, test } from 'vitest'
import { BodyCut, responseBodyFaults, withBodyFaults } from '../src/faults/body-faults.js'
import type { FaultAction } from '../src/faults/fault-rule.js'

const never = new Promise<void>(() => {})

async function pass(
  chunks: readonly Uint8Array[],
  actions: readonly FaultAction[],
): Promise<[Buffer, string | null]> {
  const faults = responseBodyFaults(actions.map((action) => ({ action, removed: Promise.resolve() })))
  const received: Uint8Array[] = []
  try {
    for await (const chunk of withBodyFaults(chunks, faults, never)) received.push(chunk)
  } catch (error) {
    return [Buffer.concat(received), (error as BodyCut).how]
  }
  return [Buffer.concat(received), null]
}

const chunked = fc.array(fc.uint8Array({ maxLength: 20 }), { maxLength: 8 })

test('a cut passes exactly the bytes before it, in any chunking; one beyond the end never happens', async () => {
  await fc.assert(
    fc.asyncProperty(chunked, fc.nat(200), async (chunks, atByte) => {
      const whole = Buffer.concat(chunks)
      const [received, how] = await pass(chunks, [{ type: 'reset-response', atByte }])
      expect(received.equals(whole.subarray(0, atByte))).toBe(true)
      expect(how).toBe(atByte <= whole.length ? 'reset' : null)
    }),
  )
})

test('a flip changes that byte only, and not the source buffer', async () => {
  await fc.assert(
    fc.asyncProperty(chunked, fc.nat(200), fc.integer({ min: 1, max: 255 }), async (chunks, atByte, mask) => {
      const whole = Buffer.concat(chunks)
      const expected = Buffer.from(whole)
      if (atByte < whole.length) expected[atByte]! ^= mask
      const [received] = await pass(chunks, [{ type: 'flip', atByte, mask }])
      expect(received.equals(expected)).toBe(true)
      expect(Buffer.concat(chunks).equals(whole)).toBe(true)
    }),
  )
})

test('all faults of a body happen, in order of position', async () => {
  await fc.assert(
    fc.asyncProperty(
      chunked,
      fc.uniqueArray(fc.nat(150), { maxLength: 5 }),
      fc.nat(150),
      async (chunks, flips, cut) => {
        const expected = Buffer.concat(chunks)
        for (const atByte of flips) if (atByte < expected.length) expected[atByte]! ^= 1
        const actions = flips.map((atByte) => ({ type: 'flip', atByte }) as const)
        const stall = { type: 'stall', atByte: Math.floor(cut / 2) } as const
        const [received] = await pass(chunks, [{ type: 'truncate', atByte: cut }, ...actions, stall])
        expect(received.equals(expected.subarray(0, cut))).toBe(true)
      },
    ),
  )
})
