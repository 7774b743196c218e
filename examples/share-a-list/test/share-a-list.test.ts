import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'

const main = fileURLToPath(new URL('../src/main.ts', import.meta.url))

test('the example loses a worker, no row, and shows the one that failed', async () => {
  const { stdout } = await promisify(execFile)(process.execPath, [main])
  expect(stdout.trim().split('\n')).toEqual([
    'worker one is gone',
    '2999 of 3000 rows, 1 failed',
    "row 1234: { reason: 'not a picture' }",
  ])
})
