import { expect, test } from 'vitest'
import {
  changeControl,
  exportJob,
  forgetManifest,
  importJob,
  readControl,
  readFailures,
  readStatus,
  retryFailures,
  rowsOf,
  type HeldItem,
  type Job,
  type JobFailure,
  type Worker,
} from '../src/index.js'
import { createWorld, planRows, SETTINGS, within, workOff, type World } from './harness.js'

/** Works through everything; rows for which `fails` returns true fail. Returns the rows that were attempted. */
async function workWith(world: World, worker: Worker, fails: (row: number) => boolean): Promise<number[]> {
  const tried: number[] = []
  for (;;) {
    const item = await within(world, worker.next())
    if (item === null) return tried
    for (let row = item.from; row < item.to!; row += 1) {
      if (item.begin(row) !== 'begin') continue
      tried.push(row)
      if (!fails(row)) item.settle(row, { outcome: 'copied', bytes: 1 })
      else if (row % 2 === 0) item.settle(row, { outcome: 'missing', failure: { key: `k${row}` } })
      else item.settle(row, { outcome: 'failed', failure: { key: `k${row}`, code: 'X' } })
    }
    await item.finish()
  }
}

async function allOf<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = []
  for await (const item of items) all.push(item)
  return all
}

const every = (n: number) => (row: number) => row % n === 0

test('failures are stored whole, with their manifest, row group and row', async () => {
  const world = createWorld()
  const { job } = await world.join('operator')
  await planRows(job, 'm', [60, 40], 50)
  const { worker } = await world.start('a')
  await workWith(world, worker, every(25))
  const failures = await allOf(readFailures(job))
  expect(failures.sort((a, b) => a.row - b.row)).toMatchObject([
    { row: 0, rowGroup: 0, outcome: 'missing', failure: { key: 'k0' }, manifest: { key: 'm', etag: 'v1' } },
    { row: 25, rowGroup: 0, outcome: 'failed', failure: { key: 'k25', code: 'X' } },
    { row: 50, rowGroup: 0, outcome: 'missing' },
    { row: 75, rowGroup: 1, outcome: 'failed' },
  ])
  expect((await readStatus(job)).counts).toMatchObject({ copied: 96, failed: 2, missing: 2 })
})

test('many failures are stored in chunks of at most 256 KiB, none lost or duplicated across holders', async () => {
  const world = createWorld()
  const { job } = await world.join('operator')
  const id = await planRows(job, 'm', [3000], 3000)
  const note = 'x'.repeat(400)
  let at = 0
  for (const name of ['a', 'b', 'c']) {
    const { worker } = await world.start(name)
    const item = (await worker.next())!
    for (let row = at; row < at + 1000; row += 1) {
      item.begin(row)
      item.settle(row, { outcome: 'failed', failure: { row, note, random: Math.random() } })
      if (row % 300 === 0) await item.checkpoint()
    }
    at += 1000
    if (name === 'c') await item.finish()
    else await item.release()
    await worker.close()
  }
  for await (const { value } of job.records.list(`fail.${id}.>`)) {
    expect(value.length).toBeLessThanOrEqual(256 * 1024)
  }
  const failures = await allOf(readFailures(job))
  expect(failures.map(({ row }) => row)).toEqual(Array.from({ length: 3000 }, (_, row) => row))
})

test('what a holder noted after its last checkpoint is not a failure: the next holder copies those rows', async () => {
  const world = createWorld()
  const { job } = await world.join('operator')
  await planRows(job, 'm', [10], 10)
  const first = await world.start('a')
  const item = (await first.worker.next())!
  item.begin(0)
  item.settle(0, { outcome: 'failed' })
  await item.checkpoint()
  item.begin(1)
  item.settle(1, { outcome: 'failed' })
  // The chunk is written, but not the record that names it.
  first.engine.kill()
  const { worker } = await world.start('b')
  await within(world, (async () => workOff((await worker.next())!))())
  expect((await allOf(readFailures(job))).map(({ row }) => row)).toEqual([0])
  expect((await readStatus(job)).counts).toMatchObject({ copied: 9, failed: 1 })
})

test('only failed rows are retried when they are put back, and the sums stay exact', async () => {
  const world = createWorld()
  const { job } = await world.join('operator')
  await planRows(job, 'm', [200], 50)
  await workWith(world, (await world.start('a')).worker, every(10))
  const before = await readStatus(job)
  expect(before).toMatchObject({ meta: { state: 'over' }, counts: { copied: 180, missing: 20 } })

  const someOf = ({ row }: JobFailure): boolean => row < 100
  expect(await retryFailures(job, someOf)).toEqual({ rows: 10, unreadable: 0 })
  const during = await readStatus(job)
  expect(during.meta).toMatchObject({ state: 'open', round: 1 })
  expect(during.counts).toMatchObject({ copied: 180, missing: 10 })
  expect(during.manifests[0]!.stage).toBe('open')
  const tried = await workWith(world, (await world.start('b')).worker, every(20))
  expect(tried.sort((a, b) => a - b)).toEqual([0, 10, 20, 30, 40, 50, 60, 70, 80, 90])
  const after = await readStatus(job)
  expect(after).toMatchObject({ meta: { state: 'over' }, counts: { copied: 185, missing: 15, bytes: 185 } })
  expect((await allOf(readFailures(job))).map(({ row }) => row).sort((a, b) => a - b)).toEqual([
    0, 20, 40, 60, 80, 100, 110, 120, 130, 140, 150, 160, 170, 180, 190,
  ])
  expect(await retryFailures(job, () => false)).toEqual({ rows: 0, unreadable: 0 })
})

test('putting rows back can stop at any step, is completed later, and counts each row once', async () => {
  for (let steps = 1; steps < 8; steps += 1) {
    let calls = -Infinity
    const world = createWorld(({ connection, operation }) => {
      if (connection !== 'operator' || !['put', 'replace', 'publish', 'delete'].includes(operation))
        return undefined
      calls += 1
      return calls > steps ? { lose: 'request' } : undefined
    })
    const { job } = await world.join('watcher')
    await planRows(job, 'm', [40], 20)
    await workWith(world, (await world.start('a')).worker, every(10))
    const operator = await world.join('operator')
    calls = 0
    await within(
      world,
      retryFailures(operator.job).catch(() => undefined),
    )
    // The next client: another operator, or a worker of the continuing job.
    await within(world, retryFailures(job))
    await job.records.put('meta', await withState(job, 'open'))
    await workWith(world, (await world.start('b')).worker, () => false)
    const status = await readStatus(job)
    expect(status).toMatchObject({
      meta: { state: 'over' },
      counts: { copied: 40, missing: 0 },
    })
    expect(rowsOf(status.counts)).toBe(40)
  }
})

async function withState(job: Job, state: string): Promise<Uint8Array> {
  const { meta } = await readStatus(job)
  return new TextEncoder().encode(JSON.stringify({ ...meta, state }))
}

test('failures of an item that a worker holds are left alone', async () => {
  const world = createWorld()
  const { job } = await world.join('operator')
  await planRows(job, 'm', [20], 20)
  const { worker } = await world.start('a')
  const item = (await worker.next())!
  item.begin(0)
  item.settle(0, { outcome: 'failed' })
  await item.checkpoint()
  expect(await retryFailures(job)).toEqual({ rows: 0, unreadable: 0 })
  await workOff(item)
  expect(await retryFailures(job)).toEqual({ rows: 1, unreadable: 0 })
})

test('an unreadable manifest is read again when it is put back', async () => {
  const world = createWorld()
  const { job } = await world.join('operator')
  await planRows(job, 'm', [20], 10)
  await planRows(job, 'list.csv', null, 10)
  const first = await world.start('a')
  for (let i = 0; i < 3; i += 1) await (await first.worker.next())!.unreadable({ code: 'X', message: 'y' })
  expect(await within(world, first.worker.next())).toBeNull()
  expect(await retryFailures(job)).toEqual({ rows: 0, unreadable: 3 })
  const { worker } = await world.start('b')
  const keys: string[] = []
  for (let item: HeldItem | null; (item = await within(world, worker.next())) !== null;) {
    keys.push(item.manifest.key)
    if (item.to === null) item.setEnd(0)
    await workOff(item)
  }
  expect(keys.sort()).toEqual(['list.csv', 'm', 'm'])
  const status = await readStatus(job)
  expect(status.manifests.map(({ stage, problem }) => [stage, problem])).toEqual([
    ['finished', undefined],
    ['finished', undefined],
  ])
})

test('a forgotten manifest is planned and copied from the start', async () => {
  const world = createWorld()
  const { job } = await world.join('operator')
  const id = await planRows(job, 'm', [40], 20)
  await workWith(world, (await world.start('a')).worker, every(10))
  expect(await forgetManifest(job, id)).toBe(true)
  expect(await forgetManifest(job, id)).toBe(false)
  expect(await readStatus(job)).toMatchObject({ meta: { state: 'planning' }, rows: 0, manifests: [] })
  expect(await allOf(job.records.list('fail.>'))).toEqual([])
  await planRows(job, 'm', [40], 20)
  expect(await workWith(world, (await world.start('b')).worker, () => false)).toHaveLength(40)
})

test('workers lose the items of a manifest that is forgotten', async () => {
  const world = createWorld()
  const { job } = await world.join('operator')
  const id = await planRows(job, 'm', [40], 40)
  const { worker } = await world.start('a')
  const item = (await worker.next())!
  await forgetManifest(job, id)
  item.settle(0, { outcome: 'copied' })
  await world.clock.advance(2000)
  expect(item.signal.aborted).toBe(true)
  expect(await allOf(job.records.list('item.>'))).toEqual([])
})

test('a finished manifest takes one record; items with failures keep theirs', async () => {
  const world = createWorld()
  const { job } = await world.join('operator')
  await planRows(
    job,
    'm',
    Array.from({ length: 50 }, () => 100),
    20,
  )
  await workWith(world, (await world.start('a')).worker, (row) => row === 777)
  const records = await allOf(job.records.list('>'))
  const kept = records.filter(({ key }) => /^(item|plan)\./.test(key))
  expect(kept.map(({ key }) => key.replace(/[0-9a-f]{16}/, 'm')).sort()).toEqual(['item.m.7.760', 'plan.m'])
  expect(kept.reduce((sum, { value }) => sum + value.length, 0)).toBeLessThan(700)
})

test('the status counts each row once: in items in progress, in finished items, and in sums', async () => {
  const world = createWorld()
  const { job } = await world.join('operator')
  await planRows(job, 'm', [40], 20)
  const { worker } = await world.start('a', { presence: () => ({ host: 'h1', inFlight: 3 }) })
  const item = (await worker.next())!
  for (let row = 0; row < 7; row += 1) {
    item.begin(row)
    item.settle(row, { outcome: 'copied', bytes: 5 })
  }
  await item.checkpoint()
  await world.clock.advance(6000)
  const status = await readStatus(job)
  expect(status).toMatchObject({
    rows: 40,
    counts: { copied: 7, bytes: 35 },
    items: { total: 2, done: 0, held: 1 },
    workers: [{ id: 'a', items: [item.id], paused: false, presence: { host: 'h1', inFlight: 3 } }],
    meta: { settings: SETTINGS, state: 'open' },
  })
  expect(status.workers[0]!.ageMs).toBeLessThan(5000)
  await workOff(item)
  expect(await readStatus(job)).toMatchObject({
    counts: { copied: 20 },
    items: { total: 2, done: 1, held: 0 },
  })
})

test('a dead worker is no longer listed after half a minute, a closed one immediately', async () => {
  const world = createWorld()
  const { job } = await world.join('operator')
  const [a, b] = [await world.start('a'), await world.start('b')]
  await world.clock.advance(100)
  const ids = async (): Promise<string[]> => (await readStatus(job)).workers.map(({ id }) => id)
  expect(await ids()).toEqual(['a', 'b'])
  await b.worker.close()
  expect(await ids()).toEqual(['a'])
  a.engine.kill()
  await world.clock.advance(31_000)
  expect(await ids()).toEqual([])
})

test('concurrent changes by two operators both take effect', async () => {
  const world = createWorld()
  const [a, b] = [(await world.join('a')).job, (await world.join('b')).job]
  await Promise.all([
    changeControl(a, (control) => ({ ...control, paused: true })),
    changeControl(b, (control) => ({ ...control, settings: { ...control.settings, maxBytesPerSecond: 5 } })),
  ])
  expect(await readControl(a)).toEqual({ paused: true, settings: { maxBytesPerSecond: 5 } })
})

test('a job imported from an export is finished without repeating what was done', async () => {
  const world = createWorld()
  const { engine, job } = await world.join('operator')
  await planRows(job, 'm', [100], 20)
  const { worker } = await world.start('a')
  const item = (await worker.next())!
  await workOff(item)
  const second = (await worker.next())!
  second.begin(20)
  second.settle(20, { outcome: 'failed', failure: { key: 'k' } })
  await second.release()
  const lines = await allOf(exportJob(job))
  expect(lines.join('')).not.toContain('worker.')

  await expect(importJob(engine, 'lake', lines)).rejects.toMatchObject({ code: 'LAGOON_JOBS_JOB_EXISTS' })
  await engine.delete('lake')
  const imported = await importJob(engine, 'lake', lines, { clock: world.clock })
  expect((await readStatus(imported)).counts).toMatchObject({ copied: 20, failed: 1 })
  const tried = await workWith(world, (await world.start('b')).worker, () => false)
  expect(tried.sort((a, b) => a - b)[0]).toBe(21)
  expect(tried).toHaveLength(79)
  expect(await allOf(readFailures(imported))).toMatchObject([{ row: 20, failure: { key: 'k' } }])
})

test('a damaged export is refused with its line number, and creates no job', async () => {
  const world = createWorld()
  const { engine, job } = await world.join('operator')
  const lines = await allOf(exportJob(job))
  for (const [wrong, message] of [
    [[...lines, '{"key":'], 'line 2'],
    [[...lines, '{"key":"../etc"}'], 'line 2'],
    [[...lines, '{"key":"plan.x"}'], 'line 2'],
    [[], 'no line for the job'],
  ] as const) {
    await expect(importJob(engine, 'other', wrong)).rejects.toMatchObject({
      code: 'LAGOON_JOBS_RECORD_DAMAGED',
      message: expect.stringContaining(message),
    })
  }
  expect(await engine.list()).toEqual(['lake'])
})
