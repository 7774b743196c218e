import { expect, it } from 'vitest'
import { open, temporaryDirectory, TINY } from './helpers.js'

it('invariant 3: no key is lost or invented over hundreds of runs and merges', async () => {
  const directory = temporaryDirectory()
  let state = await open(directory, TINY)
  const keys = Array.from({ length: 6000 }, (_, i) => `lake/${i}`)
  for (const [i, key] of keys.entries()) {
    state.complete(key, i % 7 === 0 ? 'v' : null)
    await (state.idle() ?? undefined)
    if (i % 1500 === 1499) {
      await state.close()
      state = await open(directory, TINY)
    }
  }
  await state.flush()
  expect(state.lookup(keys).every((answer) => answer === 1)).toBe(true)
  expect(state.lookup(keys.map((key) => `${key}x`)).some((answer) => answer !== 0)).toBe(false)
  expect(state.counts().complete).toBe(keys.length)
})
