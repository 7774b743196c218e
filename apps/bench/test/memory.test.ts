import { expect, test } from 'vitest'
import { madeUpKey, madeUpSize } from '../src/stores/made-up.js'
import { memoryCases } from '../src/memory/memory-case.js'

const choice = {
  objects: 10,
  times: 100,
  sizeBytes: 32,
  concurrency: 4,
  inFlight: 1024,
  secondsEach: 30,
}

test('a generated key contains its size, other keys do not', () => {
  expect(madeUpSize(madeUpKey(7, 32_768))).toBe(32_768)
  expect(madeUpKey(7, 1)).not.toBe(madeUpKey(8, 1))
  expect(madeUpSize('manifest/00000.parquet')).toBeNull()
})

test('the second run copies the same objects many times over, to the end', () => {
  const [once, more] = memoryCases(choice)
  expect(once).toMatchObject({ objects: 10, concurrency: 4, limitMs: null })
  expect(more).toMatchObject({ objects: 1000, concurrency: 4, limitMs: null })
  expect(more!.sizeBytes(999)).toBe(32)
})

test('mixes have everything in flight and end after their time', () => {
  const [, , ...mixes] = memoryCases(choice)
  expect(mixes.length).toBeGreaterThan(2)
  for (const mix of mixes) expect(mix).toMatchObject({ concurrency: 1024, limitMs: 30_000 })
})

test('the long run and the mixes can be turned off', () => {
  expect(memoryCases({ ...choice, times: 0, inFlight: 0 })).toHaveLength(1)
})
