import fc from 'fast-check'
import { expect, it } from 'vitest'
import { ManifestTally, rowsOf, type RowFigures } from '../src/manifests/tally.js'
import { Tally } from '../src/outcomes/tally.js'

const ref = { key: 'm', etag: 'e', sizeBytes: 1 }

function scan(tally: ManifestTally, figures: Partial<RowFigures>): void {
  tally.scan = { completed: 0, skipped: 0, failed: 0, missing: 0, ...figures }
}

it('counts the results of a first scan immediately', () => {
  const tally = new ManifestTally('e')
  scan(tally, { completed: 2, failed: 1 })
  expect(tally.figures).toEqual({ completed: 2, skipped: 0, failed: 1, missing: 0 })
})

it('keeps counting a copied row as copied when a later scan skips it', () => {
  const tally = new ManifestTally('e')
  scan(tally, { completed: 8, failed: 2, missing: 2 })
  tally.endScan()
  scan(tally, { skipped: 8, completed: 1, failed: 1, missing: 1 })
  expect(tally.figures).toEqual({ completed: 9, skipped: 0, failed: 1, missing: 1 })
  tally.endScan()
  expect(tally.figures).toEqual({ completed: 9, skipped: 0, failed: 1, missing: 1 })
})

it('counts a failed row as skipped once another manifest has completed its key', () => {
  const tally = new ManifestTally('e')
  scan(tally, { completed: 3, failed: 1 })
  tally.endScan()
  scan(tally, { skipped: 4 })
  tally.endScan()
  expect(tally.figures).toEqual({ completed: 3, skipped: 1, failed: 0, missing: 0 })
})

it('keeps the outcomes of rows that a later scan could not reach', () => {
  const tally = new ManifestTally('e')
  scan(tally, { completed: 50, failed: 5 })
  tally.endScan()
  scan(tally, { skipped: 10 })
  tally.endScan()
  expect(tally.figures).toEqual({ completed: 50, skipped: 0, failed: 5, missing: 0 })
})

it('never counts a row twice or below zero, whatever later scans find', () => {
  const counts = fc.record({ completed: fc.nat(20), skipped: fc.nat(20), failed: fc.nat(20) })
  fc.assert(
    fc.property(fc.array(counts, { minLength: 1, maxLength: 8 }), (looks) => {
      const tally = new ManifestTally('e')
      let most = 0
      for (const found of looks) {
        scan(tally, found)
        most = Math.max(most, rowsOf({ ...found, missing: 0 }))
        expect(rowsOf(tally.figures)).toBeLessThanOrEqual(most)
        tally.endScan()
        expect(rowsOf(tally.figures)).toBe(most)
        for (const figure of Object.values(tally.figures)) expect(figure).toBeGreaterThanOrEqual(0)
      }
    }),
  )
})

it('reports each status of a manifest once', () => {
  const tally = new ManifestTally('e')
  expect(tally.becomes('failed', 'torn')).toBe(true)
  expect(tally.becomes('failed', 'torn')).toBe(false)
  expect(tally.becomes('failed', 'away')).toBe(true)
  expect(tally.becomes('completed')).toBe(true)
  expect(tally.becomes('skipped')).toBe(false)
  expect(tally.status).toBe('completed')
})

it('keeps the rows of manifests that were replaced or removed', () => {
  const tally = new Tally()
  tally.of(ref).scan.completed = 3
  tally.of(ref).becomes('completed')
  tally.endScan()
  tally.beginScan([{ ...ref, etag: 'e2' }])
  tally.of({ ...ref, etag: 'e2' }).scan.skipped = 4
  expect(tally.rows).toEqual({ completed: 3, skipped: 4, failed: 0, missing: 0 })
  tally.endScan()
  tally.beginScan([])
  expect(tally.rows).toEqual({ completed: 3, skipped: 4, failed: 0, missing: 0 })
  expect(tally.removed).toEqual({ manifests: 2, rows: 7 })
  expect(tally.manifests).toEqual({ completed: 1, skipped: 0, failed: 0 })
})

it('keeps the counts of a manifest that is replaced during a scan', () => {
  const tally = new Tally()
  scan(tally.of(ref), { completed: 2 })
  scan(tally.of({ ...ref, etag: 'other' }), { completed: 1 })
  const times = {
    durationMs: 1,
    requests: { source: 0, destination: 0 },
    interrupted: false,
    stoppedBy: undefined,
  }
  expect(tally.summary(times)).toMatchObject({ completed: 3 })
})
