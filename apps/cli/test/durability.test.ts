import { expect, test } from 'vitest'
import { durabilityOf } from '../src/doctor/durability.js'

const fast = { writeMs: 0.28, readMs: 0.35 }
const slow = { writeMs: 0.9, readMs: 0.35 }

test.each([
  [{ copies: 3, clustered: true, ...fast }, 'ok', 'survives the loss of a server'],
  [{ copies: 5, clustered: true, ...fast }, 'ok', 'survives the loss of a server'],
  [{ copies: 2, clustered: true, ...slow }, 'warning', 'stands still when either server is lost'],
  [{ copies: 1, clustered: true, ...slow }, 'warning', 'while its server is down'],
  [{ copies: 1, clustered: false, ...slow }, 'ok', 'on disk before it is confirmed'],
  [{ copies: 1, clustered: false, ...fast }, 'warning', 'confirmed before it is on disk'],
])('the durability of %j is %s', (given, status, detail) => {
  const found = durabilityOf(given)
  expect(found).toMatchObject({ status, detail: expect.stringContaining(detail) })
  // Anyone who is warned is told what to do.
  expect(found.fix === '').toBe(status === 'ok')
})
