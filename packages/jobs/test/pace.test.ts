import { expect, test } from 'vitest'
import { itemRowsFor, readStatus } from '../src/index.js'
import { createWorld, planRows, runToEnd } from './harness.js'

const ROW_MS = 1000

/** Time that a job takes workers of these paces, which come when they come, in ms. */
async function timeOf(rows: number, workers: readonly { rowMs: number; fromMs?: number }[]): Promise<number> {
  const world = createWorld()
  const { job } = await world.join('planner')
  await planRows(job, 'm', [rows], itemRowsFor(rows))
  const ended: Promise<number>[] = []
  for (const [index, { rowMs, fromMs = 0 }] of workers.entries()) {
    if (fromMs > world.clock.now()) await world.clock.advance(fromMs - world.clock.now())
    const { worker } = await world.start(`w${index}`, {
      checkpointIntervalMs: 10_000,
      presenceIntervalMs: 60_000,
    })
    ended.push(runToEnd(worker, world.clock, () => {}, rowMs).then(() => world.clock.now()))
  }
  const all = { done: false }
  const last = Promise.all(ended).then((times) => {
    all.done = true
    return Math.max(...times)
  })
  while (!all.done) await world.clock.advance(ROW_MS)
  expect((await readStatus(job)).counts.copied).toBe(rows)
  return last
}

test('one worker of four at a tenth of the rate costs little more than its missing share', async () => {
  const slow = { rowMs: 10 * ROW_MS }
  const rows = 3100
  const time = await timeOf(rows, [slow, ...Array.from({ length: 3 }, () => ({ rowMs: ROW_MS }))])
  expect(time / ROW_MS).toBeLessThan((1.15 * rows) / 3.1)
})

test('a worker that joins at half-time takes its share of what is left', async () => {
  const rows = 3500
  const workers = [0, 0, 0, 500 * ROW_MS].map((fromMs) => ({ rowMs: ROW_MS, fromMs }))
  expect((await timeOf(rows, workers)) / ROW_MS).toBeLessThan((1.15 * rows) / 3.5)
})
