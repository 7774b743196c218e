import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'

const run = promisify(execFile)
const source = new URL('../src/heap-limits.ts', import.meta.url).href

test('the young generation has 8 MiB from the start and keeps them, even before a timer can fire', async () => {
  const program = `
    import { getHeapSpaceStatistics } from 'node:v8'
    import { limitHeap } from '${source}'
    const young = () => getHeapSpaceStatistics().find((space) => space.space_name === 'new_space').space_size
    limitHeap()
    const sizes = [young()]
    const kept = Array.from({ length: 50 }, () => Array.from({ length: 20_000 }, () => ({})))
    sizes.push(young())
    console.log(JSON.stringify({ sizes, kept: kept.length }))`
  const { stdout } = await run(process.execPath, ['--input-type=module', '--eval', program])
  expect(JSON.parse(stdout)).toEqual({ sizes: [8 * 2 ** 20, 8 * 2 ** 20], kept: 50 })
})
