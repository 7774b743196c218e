import { expect, test } from 'vitest'
import { machineCpuTime } from '../src/measure/proc.js'
import { waitUntilQuiet } from '../src/measure/wait-until-quiet.js'

test.runIf(process.platform === 'linux')('other work is reported as a share of all processors', async () => {
  const before = machineCpuTime()!
  const share = await waitUntilQuiet([])
  const after = machineCpuTime()!
  expect(share).toBeGreaterThanOrEqual(0)
  expect(share).toBeLessThanOrEqual(1)
  expect(after.totalMs).toBeGreaterThan(before.totalMs)
  expect(after.busyMs).toBeLessThanOrEqual(after.totalMs)
})
