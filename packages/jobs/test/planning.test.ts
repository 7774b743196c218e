import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  endPlanning,
  itemRowsFor,
  planManifest,
  readStatus,
  rowsOf,
  skipRows,
  supersedeOthers,
  takeRole,
  type HeldItem,
  type Job,
} from '../src/index.js'
import { cutRowGroups } from '../src/planner/slices.js'
import { createWorld, planRows, within, workOff, type World } from './harness.js'

async function messagesOf({ clock }: World, job: Job): Promise<string[]> {
  const items: string[] = []
  for (;;) {
    const waiting = job.queue.next({ waitMs: 10 })
    await clock.advance(10)
    const message = await waiting
    if (message === null) return items
    items.push((JSON.parse(new TextDecoder().decode(message.data)) as { item: string }).item)
    await message.ack()
  }
}

test('planning again, or twice concurrently, creates the same items once', async () => {
  const world = createWorld()
  const planners = [(await world.join('a')).job, (await world.join('b')).job]
  const manifest = { key: 'm', etag: 'v1', rowGroups: [250, 100] }
  await Promise.all(planners.map((job) => planManifest(job, manifest, { itemRows: 100 })))
  const again = await planManifest(planners[0]!, manifest, { itemRows: 7 })
  expect(again.outcome).toBe('known')
  const id = again.manifest
  expect((await messagesOf(world, planners[0]!)).sort()).toEqual([
    `${id}.0.0`,
    `${id}.0.168`,
    `${id}.0.84`,
    `${id}.1.250`,
  ])
})

test('another planner continues where one stopped, at any step', async () => {
  for (let steps = 0; steps < 9; steps += 1) {
    let calls = -Infinity
    const world = createWorld(({ connection, operation }) => {
      if (connection !== 'a' || !['create', 'publish', 'replace'].includes(operation)) return undefined
      calls += 1
      return calls > steps ? { lose: 'request' } : undefined
    })
    const first = await world.join('a')
    calls = 0
    const plan = async (job: Job): Promise<void> => {
      await planManifest(job, { key: 'm', etag: 'v', rowGroups: [500] }, { itemRows: 100 })
      await endPlanning(job)
    }
    void plan(first.job).catch(() => undefined)
    await world.clock.advance(3000)
    await plan((await world.join('b')).job)
    const { worker } = await world.start('w')
    const next = (): Promise<HeldItem | null> => within(world, worker.next())
    for (let item = await next(); item !== null; item = await next()) await workOff(item)
    expect((await readStatus(first.job)).counts.copied, `after ${steps} steps`).toBe(500)
  }
})

test('an item is a thousandth of the job, within bounds; a row group has at most sixteen', () => {
  expect([0, 1, 1_000_000, 1_024_001, 20_000_000, 10 ** 9].map(itemRowsFor)).toEqual([
    1024, 1024, 1024, 1025, 20_000, 65_536,
  ])
  expect(cutRowGroups([1_000_000, 1_000_000, 10, 0], 1024)).toEqual([
    { groups: 2, rows: 1_000_000, slice: 62_500 },
    { groups: 1, rows: 10, slice: 10 },
    { groups: 1, rows: 0, slice: 1 },
  ])
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 10 ** 7 }),
      fc.integer({ min: 1, max: 65_536 }),
      (rows, itemRows) => {
        const [run] = cutRowGroups([rows], itemRows)
        const slices = Math.ceil(rows / run!.slice)
        expect(slices).toBeLessThanOrEqual(16)
        expect(run!.slice).toBeLessThanOrEqual(Math.max(itemRows, Math.ceil(rows / 16)))
      },
    ),
  )
})

test('a manifest without rows is finished as soon as it is planned', async () => {
  const world = createWorld()
  const { job } = await world.join('planner')
  await planRows(job, 'empty.parquet', [], 10)
  await planRows(job, 'empty-groups.parquet', [0, 0], 10)
  expect(await within(world, (await world.start('a')).worker.next())).toBeNull()
  expect((await readStatus(job)).manifests.map(({ stage }) => stage)).toEqual(['finished', 'finished'])
})

test('a job is not over while more manifests may follow', async () => {
  const world = createWorld()
  const { job } = await world.join('planner')
  await planManifest(job, { key: 'm', etag: 'v', rowGroups: [10] }, { itemRows: 10 })
  const { worker } = await world.start('a')
  await workOff((await worker.next())!)
  let next: unknown = 'waiting'
  void worker.next().then((item) => (next = item))
  await world.clock.advance(60_000)
  expect(next).toBe('waiting')
  await planManifest(job, { key: 'n', etag: 'v', rowGroups: [10] }, { itemRows: 10 })
  await world.clock.advance(0)
  expect(next).toMatchObject({ manifest: { key: 'n' } })
})

test('a manifest that cannot be opened is part of the job, as a failed one', async () => {
  const world = createWorld()
  const { job } = await world.join('planner')
  const problem = { code: 'NOT_PARQUET', message: 'no footer' }
  const manifest = { key: 'm', etag: 'v', rowGroups: null, problem }
  expect(await planManifest(job, manifest, { itemRows: 10 })).toMatchObject({ items: 0 })
  await endPlanning(job)
  expect(await within(world, (await world.start('a')).worker.next())).toBeNull()
  expect((await readStatus(job)).manifests).toMatchObject([{ stage: 'ended', problem }])
})

test('the new version of a replaced manifest is copied, and the job does not wait for the old one', async () => {
  const world = createWorld()
  const { job } = await world.join('planner')
  await planManifest(job, { key: 'm', etag: 'old', rowGroups: [20] }, { itemRows: 10 })
  const { worker } = await world.start('a')
  const underWay = (await worker.next())!
  const { manifest } = await planManifest(job, { key: 'm', etag: 'new', rowGroups: [30] }, { itemRows: 10 })
  expect(await supersedeOthers(job, { key: 'm' }, manifest)).toBe(1)
  expect(await supersedeOthers(job, { key: 'm' }, manifest)).toBe(0)
  await endPlanning(job)
  await workOff(underWay)
  const seen: string[] = []
  for (let item = await worker.next(); item !== null; item = await worker.next()) {
    seen.push(item.manifest.etag)
    await workOff(item)
  }
  expect(seen).toEqual(['new', 'new', 'new'])
  expect((await readStatus(job)).manifests).toEqual([
    expect.objectContaining({ etag: 'old', stage: 'ended', superseded: true }),
    expect.objectContaining({ etag: 'new', stage: 'finished' }),
  ])
})

test('rows that are skipped in advance are counted and never begun', async () => {
  const world = createWorld()
  const { job } = await world.join('planner')
  const id = await planRows(job, 'm', [100, 100], 50)
  const skipped = [0, 1, 2, 60, 199, 198]
  expect(await skipRows(job, id, skipped)).toBe(6)
  expect(await skipRows(job, id, skipped)).toBe(6)
  const { worker } = await world.start('a')
  const begun: number[] = []
  for (let item = await worker.next(); item !== null; item = await worker.next()) {
    await workOff(item, (row) => begun.push(row))
  }
  expect(begun).toHaveLength(194)
  expect(begun).not.toEqual(expect.arrayContaining([60]))
  expect((await readStatus(job)).counts).toMatchObject({ copied: 194, skipped: 6 })
})

test('rows of an item that a worker holds are not skipped', async () => {
  const world = createWorld()
  const { job } = await world.join('planner')
  const id = await planRows(job, 'm', [20], 10)
  const { worker } = await world.start('a')
  const item = (await worker.next())!
  expect(await skipRows(job, id, [0, 10])).toBe(1)
  await workOff(item)
  await workOff((await worker.next())!)
  expect(rowsOf((await readStatus(job)).counts)).toBe(20)
})

test('one worker at a time holds a role, renews it while alive, and frees it when it dies', async () => {
  const world = createWorld()
  const [a, b] = [await world.join('a'), await world.join('b')]
  const role = (await takeRole(a.job, 'planner', 'a'))!
  expect(await takeRole(b.job, 'planner', 'b')).toBeNull()
  await world.clock.advance(60_000)
  expect(role.signal.aborted).toBe(false)
  expect(await takeRole(b.job, 'planner', 'b')).toBeNull()
  a.engine.kill()
  await world.clock.advance(10_001)
  const next = (await takeRole(b.job, 'planner', 'b'))!
  expect(next.term).toBeGreaterThan(role.term)
  await next.release()
  expect(await takeRole(b.job, 'planner', 'b')).not.toBeNull()
})

test('a holder that is cut off loses its role before another worker can take it', async () => {
  const world = createWorld()
  const [a, b] = [await world.join('a'), await world.join('b')]
  const role = (await takeRole(a.job, 'conductor', 'a'))!
  a.engine.cut()
  let other = null
  let waitedMs = 0
  for (; other === null && waitedMs < 15_000; waitedMs += 500) {
    await world.clock.advance(500)
    other = await takeRole(b.job, 'conductor', 'b')
  }
  expect(other).not.toBeNull()
  expect(role.signal.aborted).toBe(true)
})
