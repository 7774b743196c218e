import { expect, test } from 'vitest'
import { changeControl, readStatus, retryFailures, rowsOf, type HeldItem } from '../src/index.js'
import { createWorld, LEASE_MS, planRows, runToEnd, within, workOff } from './harness.js'

/** Begins and settles the first open rows, as many as requested. */
function copy(item: HeldItem, rows: number): number[] {
  const copied: number[] = []
  for (let row = item.from; row < item.to! && copied.length < rows; row += 1) {
    if (item.begin(row) !== 'begin') continue
    item.settle(row, { outcome: 'copied', bytes: 10 })
    copied.push(row)
  }
  return copied
}

test('two workers do every row of a job once, and both end when it is over', async () => {
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
  const { counts, manifests } = await readStatus(job)
  expect(counts).toMatchObject({ copied: 1500, bytes: 15_000 })
  expect(manifests[0]).toMatchObject({ stage: 'finished', rows: 1500 })
})

test('a worker that joins a finished job ends', async () => {
  const world = createWorld()
  const { job } = await world.join('planner')
  await planRows(job, 'm', [10], 10)
  const { worker } = await world.start('a')
  await workOff((await worker.next())!)
  expect(await worker.next()).toBeNull()
  const late = await world.start('b')
  expect(await late.worker.next()).toBeNull()
})

test('a dead worker costs the work since its last checkpoint, and its rows continue within the lease and 2 s', async () => {
  const world = createWorld()
  const { job } = await world.join('planner')
  await planRows(job, 'm', [100], 100)
  const first = await world.start('a')
  const item = (await first.worker.next())!
  copy(item, 30)
  await world.clock.advance(1000)
  copy(item, 12)
  first.engine.kill()

  const second = await world.start('b')
  let again: HeldItem | null = null
  void second.worker.next().then((next) => (again = next))
  await world.clock.advance(LEASE_MS + 2000)
  expect(again).toMatchObject({ id: item.id, epoch: 2, settled: 30 })
  expect(copy(again!, 1)).toEqual([30])
})

test('handing an item back costs nothing: the next worker continues immediately at the next row', async () => {
  const world = createWorld()
  const { job } = await world.join('planner')
  await planRows(job, 'm', [100], 100)
  const first = await world.start('a')
  const item = (await first.worker.next())!
  copy(item, 42)
  first.worker.drain()
  expect(item.begin(42)).toBe('gone')
  expect(await item.release()).toBe(true)
  await first.worker.close()

  const { worker } = await world.start('b')
  const again = (await worker.next())!
  expect(again).toMatchObject({ epoch: 2, settled: 42 })
  expect(copy(again, 1)).toEqual([42])
})

test('the next holder knows exactly which rows were settled out of order', async () => {
  const world = createWorld()
  const { job } = await world.join('planner')
  await planRows(job, 'm', [5000], 5000)
  const first = await world.start('a')
  const item = (await first.worker.next())!
  for (let row = 0; row < 3000; row += 1) item.begin(row)
  const settled = (row: number): boolean => row % 3 !== 0 && row < 3000
  for (let row = 2999; row >= 0; row -= 1) if (settled(row)) item.settle(row, { outcome: 'copied' })
  await item.release()
  await first.worker.close()
  const again = (await (await world.start('b')).worker.next())!
  for (let row = 0; row < 5000; row += 1) expect(again.isSettled(row)).toBe(settled(row))
})

test('no row begins once the lease may have expired, until a write is confirmed', async () => {
  const world = createWorld()
  const { job } = await world.join('planner')
  await planRows(job, 'm', [100], 100)
  const { engine, worker } = await world.start('a')
  const item = (await worker.next())!
  expect(item.begin(0)).toBe('begin')
  engine.cut()
  await world.clock.advance((LEASE_MS * 2) / 3 - 1)
  expect(item.begin(1)).toBe('begin')
  await world.clock.advance(1)
  expect(item.begin(2)).toBe('wait')
  // A row that was begun before needs the lease for another attempt, too.
  expect(item.begin(0)).toBe('wait')
  const ready = item.ready()
  engine.heal()
  await world.clock.advance(3000)
  await ready
  expect(item.begin(2)).toBe('begin')
})

test('of two holders one writes: the other loses the item, and its outcomes do not count', async () => {
  const world = createWorld()
  const { job } = await world.join('planner')
  await planRows(job, 'm', [100], 100)
  const first = await world.start('a')
  const stale = (await first.worker.next())!
  copy(stale, 10)
  await stale.checkpoint()
  first.engine.cut()
  const second = await world.start('b')
  let holder: HeldItem | null = null
  void second.worker.next().then((next) => (holder = next))
  await world.clock.advance(LEASE_MS + 1000)
  expect(holder).toMatchObject({ epoch: 2, settled: 10 })

  stale.settle(10, { outcome: 'failed' })
  first.engine.heal()
  await world.clock.advance(2000)
  expect(stale.signal.aborted).toBe(true)
  expect(stale.begin(11)).toBe('gone')
  expect(stale.settle(11, { outcome: 'copied' })).toBe(false)
  expect(await stale.finish()).toBe(false)
  expect(await stale.release()).toBe(false)
  await workOff(holder!)
  const { counts } = await readStatus(job)
  expect(counts).toMatchObject({ copied: 100, failed: 0 })
  expect(world.events).toContainEqual(
    expect.objectContaining({ type: 'lost', worker: 'a', reason: expect.stringContaining('another worker') }),
  )
})

test('an outcome counts once, however often it is noted', async () => {
  const world = createWorld()
  const { job } = await world.join('planner')
  await planRows(job, 'm', [10], 10)
  const { worker } = await world.start('a')
  const item = (await worker.next())!
  expect(item.settle(3, { outcome: 'copied' })).toBe(true)
  expect(item.settle(3, { outcome: 'failed' })).toBe(false)
  expect(item.settle(10, { outcome: 'copied' })).toBe(false)
  await expect(item.finish()).rejects.toMatchObject({ message: expect.stringContaining('the first is 0') })
  expect(item.settleRows(0, 10, 'skipped')).toBe(9)
  expect(await item.finish()).toBe(true)
  expect((await readStatus(job)).counts).toMatchObject({ copied: 1, skipped: 9, failed: 0 })
})

test('a duplicate message takes nothing from a live holder', async () => {
  const world = createWorld()
  const { job } = await world.join('planner')
  await planRows(job, 'm', [10], 10)
  const first = await world.start('a')
  const item = (await first.worker.next())!
  const hint = new TextEncoder().encode(JSON.stringify({ item: item.id }))
  for (let i = 0; i < 3; i += 1) world.server.publish('lake', hint)
  const { worker } = await world.start('b')
  void worker.next()
  await world.clock.advance(LEASE_MS * 3)
  expect(item.signal.aborted).toBe(false)
  expect(await workOff(item)).toBe(true)
})

test('messages about anything else are dropped', async () => {
  const world = createWorld()
  const { job } = await world.join('planner')
  const manifest = await planRows(job, 'm', [10], 10)
  for (const text of [
    'no json',
    '[]',
    '{"item":7}',
    '{"item":"x"}',
    `{"item":"${manifest}.0.5"}`,
    `{"item":"${manifest}.7.0"}`,
    `{"item":"${manifest}.0.5","parent":"${manifest}.0.0"}`,
    `{"item":"0123456789abcdef.0.0"}`,
  ]) {
    world.server.publish('lake', new TextEncoder().encode(text))
  }
  const { worker } = await world.start('a')
  await workOff((await worker.next())!)
  expect(await worker.next()).toBeNull()
  expect(rowsOf((await readStatus(job)).counts)).toBe(10)
})

test('a finished item stays finished, whatever was asked for while it ended', async () => {
  const world = createWorld()
  const { job } = await world.join('planner')
  const id = await planRows(job, 'm', [2], 2)
  const { worker } = await world.start('a')
  const item = (await worker.next())!
  for (const row of [0, 1]) {
    item.begin(row)
    item.settle(row, { outcome: 'failed', failure: { row } })
  }
  const asked = [item.finish(), item.checkpoint(), item.release()]
  await within(world, Promise.all(asked))
  const { state } = JSON.parse(Buffer.from(world.server.peek('lake', `item.${id}.0.0`)!).toString()) as {
    state: string
  }
  expect(state).toBe('done')
  expect(await retryFailures(job)).toMatchObject({ rows: 2 })
})

test('a late message about a finished item is acknowledged, and nothing is repeated', async () => {
  const world = createWorld()
  const { job } = await world.join('planner')
  const manifest = await planRows(job, 'm', [20], 10)
  const { worker } = await world.start('a')
  await workOff((await worker.next())!)
  world.server.publish('lake', new TextEncoder().encode(JSON.stringify({ item: `${manifest}.0.0` })))
  const last = (await worker.next())!
  expect(last.from).toBe(10)
  await workOff(last)
  expect(await worker.next()).toBeNull()
  expect(await job.queue.counts()).toMatchObject({ messages: 0 })
})

test('after a lost response the record is read: the write counts once, and the item is not lost', async () => {
  let lose = 0
  const world = createWorld(({ operation, key }) => {
    if (operation !== 'replace' || !key.startsWith('item.') || lose === 0) return undefined
    lose -= 1
    return { lose: 'answer' }
  })
  const { job } = await world.join('planner')
  await planRows(job, 'm', [50], 50)
  const { worker } = await world.start('a')
  const item = (await worker.next())!
  copy(item, 20)
  lose = 2
  await world.clock.advance(7000)
  copy(item, 30)
  lose = 1
  const finished = item.finish()
  await world.clock.advance(7000)
  expect(await finished).toBe(true)
  expect((await readStatus(job)).counts.copied).toBe(50)
})

test('a claim whose response was lost still belongs to the worker', async () => {
  for (const operation of ['create', 'replace'] as const) {
    let lost = false
    const world = createWorld((call) => {
      if (call.connection !== 'a' || call.operation !== operation || !call.key.startsWith('item.') || lost)
        return undefined
      lost = true
      return { lose: 'answer' }
    })
    const { job } = await world.join('planner')
    await planRows(job, 'm', [50], 50)
    const { worker } = await world.start('a')
    let item: HeldItem | null = null
    void worker.next().then((next) => (item = next))
    await world.clock.advance(4000)
    expect(item).not.toBeNull()
    expect(lost).toBe(true)
    expect(await workOff(item!)).toBe(true)
  }
})

test('a pause starts nothing and keeps the lease; resuming continues', async () => {
  const world = createWorld()
  const { job } = await world.join('planner')
  await planRows(job, 'm', [20], 10)
  const { worker } = await world.start('a')
  const item = (await worker.next())!
  copy(item, 5)
  await changeControl(job, (control) => ({ ...control, paused: true }))
  await world.clock.advance(0)
  expect(worker.control.paused).toBe(true)
  expect(item.begin(5)).toBe('wait')
  let second: HeldItem | null = null
  void worker.next().then((next) => (second = next))
  await world.clock.advance(LEASE_MS * 4)
  expect([second, item.signal.aborted]).toEqual([null, false])
  await changeControl(job, (control) => ({ ...control, paused: false }))
  await world.clock.advance(0)
  expect(item.begin(5)).toBe('begin')
  expect(second).not.toBeNull()
})

test('one worker can be paused and limited without the others', async () => {
  const world = createWorld()
  const { job } = await world.join('planner')
  await planRows(job, 'm', [20], 10)
  const [a, b] = [await world.start('a'), await world.start('b')]
  await changeControl(job, () => ({
    settings: { maxBytesPerSecond: 100, log: 'info' },
    workers: { a: { paused: true, settings: { maxBytesPerSecond: 10 } } },
  }))
  await world.clock.advance(0)
  expect(a.worker.control).toEqual({
    paused: true,
    settings: { maxBytesPerSecond: 100, log: 'info' },
    own: { maxBytesPerSecond: 10 },
  })
  expect(b.worker.control).toEqual({
    paused: false,
    settings: { maxBytesPerSecond: 100, log: 'info' },
    own: {},
  })
  expect(await b.worker.next()).not.toBeNull()
})

test('an outage of the queue is waited out and reported', async () => {
  const world = createWorld()
  const { job } = await world.join('planner')
  await planRows(job, 'm', [20], 10)
  const { worker } = await world.start('a')
  const copied: string[] = []
  const ended = runToEnd(worker, world.clock, (row) => copied.push(row), 500)
  await world.clock.advance(2000)
  world.server.running = false
  await world.clock.advance(20_000)
  world.server.running = true
  await world.clock.advance(60_000)
  await ended
  expect(new Set(copied).size).toBe(20)
  expect(world.events.map(({ type }) => type)).toEqual(expect.arrayContaining(['stalled', 'resumed']))
})

test('a worker gives up after its patience, and reports how long it waited', async () => {
  const world = createWorld()
  const { job } = await world.join('planner')
  await planRows(job, 'm', [10], 10)
  const { worker } = await world.start('a', { patienceMs: 30_000 })
  const item = (await worker.next())!
  world.server.running = false
  let failure: unknown
  void worker.next().catch((error: unknown) => (failure = error))
  await world.clock.advance(45_000)
  expect(failure).toMatchObject({
    code: 'LAGOON_JOBS_UNREACHABLE',
    message: expect.stringMatching(/has not answered for 3\d s/),
  })
  expect(item.signal.aborted).toBe(true)
  expect(item.begin(0)).toBe('gone')
})

test('a full store of the queue is a pause: nothing begins, and nothing is lost', async () => {
  const { JobsError } = await import('../src/index.js')
  let full = false
  const world = createWorld(({ operation, key }) =>
    full && operation === 'replace' && key.startsWith('item.')
      ? { error: new JobsError('LAGOON_JOBS_STORE_FULL', 'the queue is full', 'Make room.') }
      : undefined,
  )
  const { job } = await world.join('planner')
  await planRows(job, 'm', [20], 20)
  const { worker } = await world.start('a')
  const item = (await worker.next())!
  copy(item, 5)
  full = true
  await world.clock.advance(LEASE_MS)
  expect(item.begin(5)).toBe('wait')
  full = false
  await world.clock.advance(2000)
  expect(await workOff(item)).toBe(true)
  expect((await readStatus(job)).counts.copied).toBe(20)
})

test('workers of a deleted job end with a reason', async () => {
  const world = createWorld()
  const { engine, job } = await world.join('planner')
  await planRows(job, 'm', [20], 20)
  const { worker } = await world.start('a')
  await job.records.delete('meta')
  await world.clock.advance(1000)
  await expect(worker.next()).rejects.toMatchObject({ code: 'LAGOON_JOBS_NO_SUCH_JOB' })
  await engine.close()
})

test('a list with an unknown number of rows is one item, and ends where it was read to', async () => {
  const world = createWorld()
  const { job } = await world.join('planner')
  await planRows(job, 'list.csv', null, 10)
  await planRows(job, 'empty.csv', null, 10)
  const { worker } = await world.start('a')
  const first = (await worker.next())!
  expect(first).toMatchObject({ to: null, complete: false })
  for (let row = 0; row < 7; row += 1) {
    first.begin(row)
    first.settle(row, { outcome: 'copied' })
  }
  first.setEnd(7)
  await first.finish()
  const empty = (await worker.next())!
  empty.setEnd(0)
  await empty.finish()
  expect(await worker.next()).toBeNull()
  const { rows, manifests } = await readStatus(job)
  expect(rows).toBe(7)
  expect(manifests.map(({ stage }) => stage)).toEqual(['finished', 'finished'])
})

test('an unreadable manifest ends without its rows, with the reason', async () => {
  const world = createWorld()
  const { job } = await world.join('planner')
  await planRows(job, 'm', [20], 10)
  await planRows(job, 'bad.csv', null, 10)
  const { worker } = await world.start('a')
  await workOff((await worker.next())!)
  expect(await (await worker.next())!.unreadable({ code: 'DAMAGED', message: 'page 3' })).toBe(true)
  await (await worker.next())!.unreadable({ code: 'DAMAGED', message: 'all of it' })
  expect(await worker.next()).toBeNull()
  const { meta, manifests, counts } = await readStatus(job)
  expect(meta.state).toBe('over')
  expect(counts.copied).toBe(10)
  expect(manifests).toMatchObject([
    { stage: 'ended', problem: { code: 'DAMAGED', message: 'page 3' } },
    { stage: 'ended', problem: { code: 'DAMAGED', message: 'all of it' }, rows: null },
  ])
})
