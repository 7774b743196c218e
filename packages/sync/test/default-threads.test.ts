import { expect, it } from 'vitest'
import { defaultThreads } from '../src/options/resolve-options.js'

it.each([
  [1, 1],
  [2, 1],
  [7, 1],
  [8, 2],
  [16, 4],
  [128, 8],
])('of %i cores, %i copy by default', (cores, threads) => {
  expect(defaultThreads(cores)).toBe(threads)
})
