import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'

const main = fileURLToPath(new URL('../src/main.ts', import.meta.url))

test('the example copies the object and reports each part', async () => {
  const { stdout } = await promisify(execFile)(process.execPath, [main])
  const lines = stdout.trim().split('\n')
  expect(lines.slice(0, -1)).toEqual([21, 42, 63, 83, 100].map((percent) => `video.mp4: ${percent} %`))
  expect(lines.at(-1)).toBe('25165824 bytes copied, verified by stream-md5')
})
