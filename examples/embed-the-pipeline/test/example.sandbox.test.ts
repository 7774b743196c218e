import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'

const main = fileURLToPath(new URL('../src/main.ts', import.meta.url))

test('the example copies each key once, over two runs that share a state in memory', async () => {
  const { stdout, stderr } = await promisify(execFile)(process.execPath, [main])
  expect(stderr).toBe('')
  expect(stdout.trim().split('\n')).toEqual([
    'monday: 2 copied, 0 skipped',
    'monday and tuesday: 1 copied, 3 skipped',
    'at the destination: a, b, c',
  ])
})
