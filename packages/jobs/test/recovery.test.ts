import { expect, test } from 'vitest'
import { POISON_ROW, readFailures, readStatus, rowsOf, type HeldItem } from '../src/index.js'
import { createWorld, LEASE_MS, planRows, runToEnd, within, workOff, type World } from './harness.js'

const hint = (item: object): Uint8Array => new TextEncoder().encode(JSON.stringify(item))

async function next(world: World, name: string, waitMs = LEASE_MS * 3): Promise<HeldItem> {
  const { worker } = await world.start(name)
  return (await within(world, worker.next(), waitMs))!
}

test('a queue that lost its messages is refilled within two leases', async () => {
  const world = createWorld()
  const { job } = await world.join('planner')
  await planRows(job, 'm', [100], 10)
  world.server.purgeQueue('lake')
  await next(world, 'a', LEASE_MS * 2)
  expect(world.events).toContainEqual(expect.objectContaining({ type: 'swept', published: 10 }))
})

test('an item returns after a holder that had lost it acknowledged its message', async () => {
  const world = createWorld()
  const { job } = await world.join('planner')
  await planRows(job, 'm', [100], 100)
  const first = await world.start('a')
  await first.worker.next()
  first.engine.kill()
  // The message that a dead worker held is gone.
  world.server.purgeQueue('lake')
  const item = await next(world, 'b')
  expect(item).toMatchObject({ epoch: 2 })
})

test('messages that can never be delivered do not hide remaining work', async () => {
  const world = createWorld()
  const { job } = await world.join('planner')
  await planRows(job, 'm', [100], 100)
  world.server.purgeQueue('lake')
  // As counted by an engine that has reached a delivery limit.
  const { engine, job: watched } = await world.join('b')
  const stuck = { messages: 3, pending: 0, unacknowledged: 0, pulls: 1 }
  const { sweep } = await import('../src/items/sweep.js')
  const counting = { ...watched, queue: { ...watched.queue, counts: async () => stuck } }
  expect(await sweep(counting)).toBe(1)
  expect(
    await sweep({ ...counting, queue: { ...watched.queue, counts: async () => ({ ...stuck, pending: 3 }) } }),
  ).toBe(0)
  await engine.close()
})

test('records that the engine lost cause repeated work, and nothing else', async () => {
  const world = createWorld()
  const { job } = await world.join('planner')
  const id = await planRows(job, 'm', [100], 50)
  const { worker } = await world.start('a')
  const item = (await worker.next())!
  for (let row = 0; row < 20; row += 1) {
    item.begin(row)
    item.settle(row, { outcome: 'copied' })
  }
  await item.checkpoint()
  await job.records.delete(`item.${id}.0.0`)
  await world.clock.advance(20_000)
  expect(item.signal.aborted).toBe(true)
  const copied: string[] = []
  void runToEnd(worker, world.clock, (row) => copied.push(row))
  await world.clock.advance(30_000)
  expect(copied).toHaveLength(100)
  expect((await readStatus(job)).counts.copied).toBe(100)
})

test('the sums of a worker that died between finishing and adding up are completed by another one', async () => {
  for (const dies of ['create', 'replace', 'delete', 'ack'] as const) {
    let armed = false
    const world = createWorld((call) => {
      const fails =
        armed && call.connection === 'a' && call.operation === dies && !call.key.startsWith('worker.')
      // The write of `done` succeeds; the one after it does not.
      if (!fails || (dies === 'replace' && call.key.startsWith('item.'))) return undefined
      return { lose: 'request' }
    })
    const { job } = await world.join('planner')
    await planRows(job, 'm', [20], 10)
    const first = await world.start('a')
    const item = (await first.worker.next())!
    for (let row = item.from; row < item.to!; row += 1) {
      item.begin(row)
      item.settle(row, { outcome: 'copied' })
    }
    armed = true
    void item.finish().catch(() => undefined)
    await world.clock.advance(500)
    first.engine.kill()
    const second = await world.start('b')
    const copied: string[] = []
    void runToEnd(second.worker, world.clock, (row) => copied.push(row))
    await world.clock.advance(60_000)
    expect(copied).toHaveLength(10)
    expect(await readStatus(job)).toMatchObject({ counts: { copied: 20 }, meta: { state: 'over' } })
  }
})

test('a straggler repeatedly splits off the second half of its rows while others are idle', async () => {
  const world = createWorld()
  const { job } = await world.join('planner')
  await planRows(job, 'm', [400], 400)
  const copied: string[] = []
  const done: number[] = []
  for (const name of ['a', 'b', 'c', 'd']) {
    const { worker } = await world.start(name, { splitAfterMs: 2000 })
    void runToEnd(worker, world.clock, (row) => copied.push(row), 250).then(() =>
      done.push(world.clock.now()),
    )
  }
  await world.clock.advance(60_000)
  expect(copied).toHaveLength(400)
  expect(new Set(copied).size).toBe(400)
  expect(done).toHaveLength(4)
  // Alone it would take 100 s, in four equal parts 25 s.
  expect(Math.max(...done)).toBeLessThan(45_000)
  expect(world.events.filter(({ type }) => type === 'split').length).toBeGreaterThan(2)
  expect((await readStatus(job)).counts.copied).toBe(400)
})

test('rows that were split off are done once, whichever worker dies between the steps', async () => {
  // The steps of a split: the item's own record, the child's record, the child's message.
  for (const dies of ['replace', 'create', 'publish'] as const) {
    let armed = false
    const world = createWorld((call) =>
      armed && call.connection === 'a' && call.operation === dies && !call.key.startsWith('worker.')
        ? { lose: 'request' }
        : undefined,
    )
    const { job } = await world.join('planner')
    await planRows(job, 'm', [200], 200)
    const first = await world.start('a', { splitAfterMs: 0 })
    const copied: string[] = []
    void runToEnd(first.worker, world.clock, (row) => copied.push(row), 200)
    await world.clock.advance(1000)
    const second = await world.start('b', { splitAfterMs: 0 })
    void runToEnd(second.worker, world.clock, (row) => copied.push(row), 50)
    armed = true
    await world.clock.advance(7000)
    first.engine.kill()
    await world.clock.advance(90_000)
    expect(new Set(copied).size).toBe(200)
    expect(await readStatus(job)).toMatchObject({ counts: { copied: 200 }, meta: { state: 'over' } })
  }
})

test('an item that overlaps finished rows, because its record was lost, repeats only the rest', async () => {
  const world = createWorld()
  const { job } = await world.join('planner')
  const id = await planRows(job, 'm', [100], 100)
  const first = await world.start('a')
  const item = (await first.worker.next())! as HeldItem & { giveHalfAway(): Promise<boolean> }
  for (let row = 0; row < 20; row += 1) {
    item.begin(row)
    item.settle(row, { outcome: 'copied' })
  }
  const before = world.server.peek('lake', `item.${id}.0.0`)!
  expect(await item.giveHalfAway()).toBe(true)
  expect(item.to).toBe(60)
  const second = await world.start('b')
  const child = (await second.worker.next())!
  expect(child).toMatchObject({ from: 60, to: 100 })
  await workOff(child)
  // The engine has lost the record of the split.
  first.engine.kill()
  await job.records.put(`item.${id}.0.0`, before)
  const copied: string[] = []
  void runToEnd(second.worker, world.clock, (row) => copied.push(row))
  await world.clock.advance(60_000)
  expect(await readStatus(job)).toMatchObject({ counts: { copied: 100 }, meta: { state: 'over' } })
  expect(rowsOf((await readStatus(job)).counts)).toBe(100)
})

test('a row that kills every holder is found and fails, and all others are copied', async () => {
  const world = createWorld()
  const { job } = await world.join('planner')
  await planRows(job, 'm', [300], 300)
  const poison = 123
  const copied = new Set<number>()
  let deaths = 0
  let name = 0
  const seen: [number, number][] = []
  const ending = { over: false }
  while (!ending.over) {
    const { engine, worker } = await world.start(`w${(name += 1)}`, { splitAfterMs: 600_000 })
    const fate = { died: false }
    const work = async (): Promise<void> => {
      for (let item = await worker.next(); item !== null; item = await worker.next()) {
        seen.push([item.epoch, item.maxInFlight])
        const inFlight = new Set<Promise<void>>()
        for (let row = item.from; row < item.to!; row += 1) {
          let admission = item.begin(row)
          while (admission === 'wait') {
            await item.ready()
            admission = item.begin(row)
          }
          if (admission === 'gone') break
          if (admission === 'settled') continue
          if (admission === 'poison') {
            item.settle(row, { outcome: 'failed', failure: { code: POISON_ROW, row } })
            continue
          }
          const copy = async (at: number, holder: HeldItem): Promise<void> => {
            await world.clock.sleep(20)
            if (at === poison) {
              fate.died = true
              engine.kill()
              return new Promise(() => {})
            }
            if (fate.died) return new Promise(() => {})
            copied.add(at)
            holder.settle(at, { outcome: 'copied' })
          }
          const task = copy(row, item)
          inFlight.add(task)
          void task.then(() => inFlight.delete(task))
          if (inFlight.size >= 32) await Promise.race(inFlight)
        }
        await Promise.all(inFlight)
        if (item.complete) await item.finish()
      }
      ending.over = true
    }
    void work()
    for (let i = 0; i < 40 && !fate.died && !ending.over; i += 1) await world.clock.advance(1000)
    if (fate.died) deaths += 1
    expect(deaths).toBeLessThan(12)
  }
  expect(copied.size).toBe(299)
  const failures = []
  for await (const failure of readFailures(job)) failures.push(failure)
  expect(failures).toMatchObject([{ row: poison, outcome: 'failed', failure: { code: POISON_ROW } }])
  expect((await readStatus(job)).counts).toMatchObject({ copied: 299, failed: 1 })
  expect(seen.some(([, most]) => most === 16)).toBe(true)
  expect(seen.some(([, most]) => most === 1)).toBe(true)
})

test('stopping workers and a store that is down make no row suspicious', async () => {
  const world = createWorld()
  const { job } = await world.join('planner')
  await planRows(job, 'm', [10], 10)
  for (let i = 0; i < 8; i += 1) {
    const { worker } = await world.start(`w${i}`)
    const item = (await worker.next())!
    expect(item.maxInFlight).toBe(Infinity)
    // The store is down for a long time: no row is settled, and the lease is renewed.
    await world.clock.advance(LEASE_MS * 4)
    await item.release()
    await worker.close()
  }
  const { worker } = await world.start('last')
  await workOff((await worker.next())!)
  expect((await readStatus(job)).counts).toMatchObject({ copied: 10, failed: 0 })
})

test('a hint at rows that were never split off creates no item', async () => {
  const world = createWorld()
  const { job } = await world.join('planner')
  const id = await planRows(job, 'm', [100], 100)
  world.server.purgeQueue('lake')
  world.server.publish('lake', hint({ item: `${id}.0.50`, parent: `${id}.0.0` }))
  const item = await next(world, 'a')
  expect(item).toMatchObject({ from: 0, to: 100 })
})
