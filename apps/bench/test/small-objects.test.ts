import { expect, test } from 'vitest'
import { allowedByLittle, describeRuns } from '../src/commands/small-objects.js'

test("Little's law allows the number in flight divided by the time of a GET and a PUT", () => {
  expect(allowedByLittle(512, 50)).toBe(5120)
  expect(allowedByLittle(1, 500)).toBe(1)
})

test('the finding is the median share of that limit, with and without the beginning', () => {
  const run = (objectsPerSecond: number, steadyObjectsPerSecond: number) => ({
    objectsPerSecond,
    steadyObjectsPerSecond,
    bytesPerSecond: 0,
    steadyBytesPerSecond: 0,
    throttled: 0,
    throttledLater: null,
    inFlight: 512,
  })
  const findings = {
    latencyMs: 50,
    inFlight: 512,
    allowedPerSecond: 5120,
    runs: [run(4096, 4608), run(5120, 5120), run(1024, 2048)],
  }
  expect(describeRuns(findings)).toBe(
    '512 in flight over 50 ms at both sides allow 5,120 objects per second: 80 % of that, 90 % once settled.',
  )
})
