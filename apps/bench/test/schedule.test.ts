import fc from 'fast-check'
import { expect, test } from 'vitest'
import { interleave } from '../src/schedule.js'

test('variants take turns, and each round begins one variant further on', () => {
  expect(
    interleave(3, { warmUp: 1, measured: 2 }).map(({ variant, round }) => `${round}:${variant}`),
  ).toEqual(['0:0', '0:1', '0:2', '1:0', '1:1', '1:2', '2:1', '2:2', '2:0'])
})

test('every variant runs exactly once in every round', () => {
  const rounds = fc.record({ warmUp: fc.nat(3), measured: fc.nat(8) })
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 9 }), rounds, (variants, { warmUp, measured }) => {
      const turns = interleave(variants, { warmUp, measured })
      expect(turns).toHaveLength(variants * (warmUp + measured))
      for (let round = 1; round <= measured; round += 1) {
        const seen = turns.filter((turn) => turn.round === round).map((turn) => turn.variant)
        expect(new Set(seen).size).toBe(variants)
      }
    }),
  )
})
