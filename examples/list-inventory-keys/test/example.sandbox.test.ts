import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'

const main = fileURLToPath(new URL('../src/main.ts', import.meta.url))

test('the example lists the current keys of the inventory, decoded, with their sizes', async () => {
  const { stdout, stderr } = await promisify(execFile)(process.execPath, [main])
  expect(stderr).toBe('')
  expect(stdout.trim().split('\n')).toEqual([
    'inventory of lake, 1 file, CSV',
    '2024/report final.csv (5120 bytes)',
    '2025/café.csv (2048 bytes)',
  ])
})
