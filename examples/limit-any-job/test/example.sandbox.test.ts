import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'

const main = fileURLToPath(new URL('../src/main.ts', import.meta.url))

test('the example keeps its limit, then lets the controller raise it', async () => {
  const { stdout } = await promisify(execFile)(process.execPath, [main])
  const [fixed, tuned] = stdout.trim().split('\n')
  expect(fixed).toBe('200 pages, at most 8 at a time')
  expect(tuned).toMatch(/^200 pages, the limit went from 2 to \d+$/)
})
