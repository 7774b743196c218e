import fc from 'fast-check'
import { expect, test } from 'vitest'
import { rowsOf } from '../src/index.js'
import { rowsOfScenario, runChaos, type Accident, type Scenario } from './chaos.js'

const RUNS = Number(process.env['LAGOON_CHAOS_RUNS'] ?? 20)

const accident = (kinds: readonly Accident['kind'][]): fc.Arbitrary<Accident> =>
  fc.record({
    atMs: fc.integer({ min: 100, max: 12_000 }),
    kind: fc.constantFrom(...kinds),
    worker: fc.nat(5),
    forMs: fc.integer({ min: 100, max: 15_000 }),
  })

const scenario = (kinds: readonly Accident['kind'][]): fc.Arbitrary<Scenario> =>
  fc.record({
    manifests: fc.array(fc.array(fc.integer({ min: 0, max: 120 }), { maxLength: 3 }), {
      minLength: 1,
      maxLength: 3,
    }),
    itemRows: fc.integer({ min: 5, max: 60 }),
    workers: fc.integer({ min: 1, max: 4 }),
    rowMs: fc.array(fc.integer({ min: 1, max: 120 }), { minLength: 1, maxLength: 3 }),
    lost: fc.constantFrom(0, 0.02, 0.1),
    late: fc.constantFrom(0, 0.05),
    accidents: fc.array(accident(kinds), { maxLength: 6 }),
    seed: fc.integer(),
  })

test('with every kind of loss and kill, each row has one recorded outcome, none is forgotten, and the job ends', async () => {
  await fc.assert(
    fc.asyncProperty(scenario(['kill', 'partition', 'server-down', 'purge', 'drain']), async (given) => {
      const { status, copies, trespasses, alive } = await runChaos(given)
      const rows = rowsOfScenario(given)
      expect(trespasses).toEqual([])
      expect(status.meta.state).toBe('over')
      expect(alive).toBe(0)
      expect(rowsOf(status.counts)).toBe(rows)
      expect(status.manifests.every(({ stage }) => stage === 'finished')).toBe(true)
      expect(copies.size).toBe(rows - status.counts.failed)
    }),
    { numRuns: RUNS },
  )
}, 120_000)

test('restoring an engine to an earlier state costs copies, never a row', async () => {
  await fc.assert(
    fc.asyncProperty(scenario(['roll-back', 'kill']), async (given) => {
      const { status, copies, alive } = await runChaos({ ...given, lost: 0 })
      const rows = rowsOfScenario(given)
      expect(status.meta.state).toBe('over')
      expect(alive).toBe(0)
      expect(rowsOf(status.counts)).toBe(rows)
      expect(copies.size).toBe(rows - status.counts.failed)
    }),
    { numRuns: RUNS },
  )
}, 120_000)
