import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { MAX_MERGES, planMerge, type PolicySlot } from '../src/keys/merge-policy.js'

/** Adds runs one after another; each merge is done at once. */
function simulate(runs: number[]): { slots: PolicySlot[]; rewritten: number; most: number } {
  let slots: PolicySlot[] = []
  let rewritten = 0
  let most = 0
  for (const entries of runs) {
    slots.push({ entries, merging: false })
    most = Math.max(most, slots.length)
    for (let at = planMerge(slots); at >= 0; at = planMerge(slots)) {
      const merged = slots.slice(at).reduce((sum, slot) => sum + slot.entries, 0)
      rewritten += merged
      slots = [...slots.slice(0, at), { entries: merged, merging: false }]
    }
  }
  return { slots, rewritten, most }
}

describe('the merge policy', () => {
  it('keeps few runs and rewrites a fingerprint a bounded number of times, over four orders of magnitude', () => {
    for (const count of [100, 1000, 10_000]) {
      const { rewritten, most } = simulate(Array.from({ length: count }, () => 5000))
      expect(rewritten / (count * 5000)).toBeLessThan(12)
      expect(most).toBeLessThan(20)
    }
  })

  it('lets the oldest run contain at least four fifths of everything', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 10_000 }), { minLength: 1, maxLength: 200 }), (runs) => {
        const { slots } = simulate(runs)
        const total = slots.reduce((sum, slot) => sum + slot.entries, 0)
        expect(slots[0]!.entries / total).toBeGreaterThan(0.8 - 1e-9)
        expect(total).toBe(runs.reduce((sum, entries) => sum + entries, 0))
      }),
    )
  })

  it('only merges whole runs up to the newest, and none that is being merged', () => {
    const slot = fc.record({ entries: fc.nat({ max: 1000 }), merging: fc.boolean() })
    fc.assert(
      fc.property(fc.array(slot, { maxLength: 20 }), (slots) => {
        const at = planMerge(slots)
        if (at < 0) return
        expect(slots.length - at).toBeGreaterThanOrEqual(2)
        expect(slots.slice(at).some(({ merging }) => merging)).toBe(false)
        expect(slots.filter(({ merging }) => merging).length).toBeLessThan(MAX_MERGES)
      }),
    )
  })

  it('has nothing to merge with at most one run', () => {
    expect(planMerge([])).toBe(-1)
    expect(planMerge([{ entries: 5, merging: false }])).toBe(-1)
  })
})
