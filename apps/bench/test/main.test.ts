import { afterEach, expect, test, vi } from 'vitest'
import { main } from '../src/main.js'

afterEach(() => {
  vi.restoreAllMocks()
})

/** Runs the command line in this process and returns its standard error. */
async function run(...args: string[]): Promise<{ code: number; stderr: string }> {
  let stderr = ''
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
    stderr += String(text)
    return true
  })
  return { code: await main(args), stderr }
}

test.each([
  [['throughput', '--repeats', 'none'], /--repeats must be a whole number/],
  [['throughput', '--stores', 'moon'], /--stores takes minio, environment, sandbox, not "moon"/],
  [['compare', '--clients', 'aws'], /--clients takes/],
  [['compare', '--workload', 'huge'], /--workload takes tiny, small, mixed, large/],
  [['compare', '--concurrency', '0'], /--concurrency must be a whole number/],
  [['memory', '--times', '-1'], /--times must be a whole number/],
  [['fly'], /Unknown|Did you mean/],
  [['compare', '--tls', '--stores', 'environment'], /--tls is for stores that the bench starts/],
  [['compare', '--path', '50'], /--path must be a time such as 50ms/],
  [['compare', '--path', '50ms', '--stores', 'environment'], /--path is for stores that the bench starts/],
  [['compare', '--color'], /Unknown argument: color/],
  [[], /Which command/],
])('%j is refused with exit code 2 before anything is started', async (args, message) => {
  const { code, stderr } = await run(...args)
  expect(code).toBe(2)
  expect(stderr).toMatch(message)
  expect(stderr.split('\n').length).toBeLessThanOrEqual(3)
})
