import { expect, it } from 'vitest'
import { Evidence } from '../src/law/evidence.js'
import { Settling } from '../src/law/settling.js'
import { calm } from './backend.js'

/** Is it over, so long after a change to a limit of 100, with so many in flight, where an attempt takes 1 s alone? */
function over(elapsedMs: number, inFlight: number, baseMs = 1000): boolean {
  const window = calm({ elapsedMs, inFlight })
  const evidence = new Evidence()
  evidence.add(window, 0)
  const settling = new Settling()
  settling.begin()
  settling.update(window, 100, evidence, baseMs)
  return !settling.ongoing
}

it('what was begun under the old limit has ended after what an attempt takes alone, at the latest after 15 s', () => {
  expect([over(999, 100), over(1000, 100)]).toEqual([false, true])
  expect([over(14_999, 100, 60_000), over(15_000, 100, 60_000)]).toEqual([false, true])
})

it('waits for more than a tenth beyond the limit to end, for a minute', () => {
  expect([over(2000, 111), over(2000, 110)]).toEqual([false, true])
  expect([over(59_999, 200), over(60_000, 200)]).toEqual([false, true])
})

it('is over at once where nothing is in flight', () => {
  expect(over(10, 0)).toBe(true)
})
