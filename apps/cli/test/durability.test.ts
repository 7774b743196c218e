import { expect, test } from 'vitest'
import { durabilityOf } from '../src/doctor/durability.js'

const sometimes = { intervalMs: 120_000 }
const unknown = { unknown: 'no monitoring port answers' }

test.each([
  [{ copies: 3, clustered: true, sync: sometimes }, 'ok', 'survives the loss of a server'],
  [{ copies: 5, clustered: true, sync: unknown }, 'ok', 'survives the loss of a server'],
  [{ copies: 2, clustered: true, sync: 'always' }, 'warning', 'the job stops if either server is lost'],
  [{ copies: 1, clustered: true, sync: 'always' }, 'warning', 'while its server is down'],
  [{ copies: 1, clustered: false, sync: 'always' }, 'ok', 'on disk before it is confirmed'],
  [{ copies: 1, clustered: false, sync: sometimes }, 'warning', 'confirmed up to 2 min before'],
  [{ copies: 1, clustered: false, sync: unknown }, 'skipped', 'no monitoring port answers'],
] as const)('the durability of %j is %s', (given, status, detail) => {
  const found = durabilityOf(given)
  expect(found).toMatchObject({ status, detail: expect.stringContaining(detail) })
  // Every warning has a hint.
  expect(found.fix !== '').toBe(status === 'warning')
})
