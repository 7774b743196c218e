import { expect, test } from 'vitest'
import { createWorld, planRows, runToEnd } from './harness.js'

test('two workers do every row of a job once and both learn that it is over', async () => {
  const world = createWorld()
  const { job } = await world.join('planner')
  await planRows(job, 'm.parquet', [1000, 500], 100)
  const copied: string[] = []
  const ended: string[] = []
  for (const name of ['a', 'b']) {
    const { worker } = await world.start(name)
    void runToEnd(worker, world.clock, (row) => copied.push(row)).then(() => ended.push(name))
  }
  await world.clock.advance(20_000)
  expect(ended.sort()).toEqual(['a', 'b'])
  expect(copied).toHaveLength(1500)
  expect(new Set(copied).size).toBe(1500)
})
