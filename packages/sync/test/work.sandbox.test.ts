import { startFaultProxy } from '@lagoon/s3-sandbox'
import { changeControl, readControl, retryFailures } from '@lagoon/jobs'
import { expect, it } from 'vitest'
import { bodies, keys, rows } from './lake-rows.js'
import { endpointOf } from './two-stores.js'
import { lake, LEASE_MS, look, world } from './work-world.js'

it('divides the rows of a job between two workers, each object once, and both end with the figures of the job', async () => {
  await using here = await world()
  const { stores, start } = here
  const names = await lake(stores, 200)
  await stores.manifest('manifest/b.parquet', rows(['data/0', 'more']))
  await stores.objects({ more: 'more' })
  stores.objectRequests()
  const [one, two] = await Promise.all(['one', 'two'].map((name) => start(name, { itemRows: 20 }).done))
  for (const summary of [one!, two!]) {
    expect(summary).toMatchObject({ completed: 202, failed: 0, over: true, reason: 'finished' })
    expect(summary.manifests).toMatchObject({ completed: 2, failed: 0 })
    expect(summary.own.completed).toBeGreaterThan(0)
  }
  expect(one!.own.completed + two!.own.completed).toBe(202)
  const { puts } = stores.objectRequests()
  // A key that two items name may be copied for each.
  expect(puts.sort()).toEqual([...names, 'data/0', 'more'].sort())
})

it('retries temporary failures at the end of its item, and gives each row one outcome', async () => {
  await using here = await world()
  const { stores, server, start } = here
  await lake(stores, 40, 40)
  await stores.manifest('manifest/b.parquet', rows(['gone', null, 'data/1', 'data/1', 'broken', 'broken']))
  await stores.objects({ broken: 'x' })
  const failing = { type: 'error', code: 'InternalError' } as const
  stores.source.faults.add({ operation: 'GetObject', key: 'data/7', times: 2, action: failing })
  stores.source.faults.add({ operation: 'GetObject', key: 'broken', action: failing })
  const summary = await start('one', { itemRows: 20, maxAttempts: 1 }).done
  expect(summary).toMatchObject({ over: true, reason: 'failures', missing: 1 })
  const { status, failures } = await look(server)
  expect(status.rows).toBe(46)
  expect(status.counts).toMatchObject({ copied: 40, skipped: 1, failed: 4, missing: 1 })
  expect(failures.map(({ row, outcome }) => [row, outcome]).sort()).toEqual([
    [0, 'missing'],
    [1, 'failed'],
    [4, 'failed'],
    [5, 'failed'],
    // The first pass and the last met the fault of data/7; it has no more.
    [7, 'failed'],
  ])
  expect(failures.find(({ row }) => row === 4)!.failure).toMatchObject({
    key: 'broken',
    class: 'transient',
    manifest: { key: 'manifest/b.parquet' },
  })
  stores.source.faults.clear()
})

it('puts failed rows back, and copies them when a worker joins', async () => {
  await using here = await world()
  const { stores, server, start } = here
  await lake(stores, 10)
  await stores.manifest('manifest/b.parquet', rows(['late']))
  expect(await start('one').done).toMatchObject({ missing: 1, reason: 'failures' })
  await stores.objects({ late: 'x' })
  await retryFailures((await look(server)).job, () => true)
  expect(await start('two').done).toMatchObject({ completed: 11, failed: 0, reason: 'finished' })
})

it('a stopped worker hands its rows back, and no copy is repeated', async () => {
  await using here = await world()
  const { stores, start } = here
  const names = await lake(stores, 200)
  const drain = new AbortController()
  const held = stores.destination.hold({ operation: 'PutObject', key: 'data/30' })
  const first = start('one', { drain: drain.signal, itemRows: 50 })
  await held.arrived()
  drain.abort()
  held.release()
  expect(await first.done).toMatchObject({ over: false, interrupted: true, reason: 'signal' })
  expect(await start('two', { plan: false }).done).toMatchObject({ completed: 200, reason: 'finished' })
  expect(stores.objectRequests().puts.sort()).toEqual(names.toSorted())
})

it('a worker that loses the queue begins nothing once its lease may have expired, and its outcomes no longer count', async () => {
  await using here = await world()
  const { stores, server, start } = here
  await lake(stores, 30, 30)
  const held = stores.destination.hold({ operation: 'PutObject', key: 'data/10' })
  const first = start('one', { itemRows: 30, concurrency: { fixed: 1 }, patienceMs: LEASE_MS / 2 })
  await held.arrived()
  first.engine.cut()
  // Taken over when the lease has run out, while the first one still has an object in flight.
  const second = start('two', { plan: false })
  held.release()
  expect(await second.done).toMatchObject({ completed: 30, failed: 0, reason: 'finished' })
  expect(await first.done.catch((error: unknown) => error)).toMatchObject({ reason: 'queue' })
  const { status } = await look(server)
  expect([status.rows, status.counts.copied]).toEqual([30, 30])
})

it('settings that differ are named before anything is copied', async () => {
  await using here = await world()
  const { stores, start } = here
  await lake(stores, 3)
  await start('one').done
  const other = start('two', { manifestPrefix: 'lists/', copy: { overwrite: 'if-missing' } })
  await expect(other.done).rejects.toMatchObject({
    code: 'LAGOON_JOBS_SETTINGS_DIFFER',
    message: expect.stringMatching(/manifestPrefix .*overwrite/) as string,
  })
})

it('a worker that does not plan reports a missing job', async () => {
  await using here = await world()
  await expect(here.start('one', { plan: false }).done).rejects.toMatchObject({
    code: 'LAGOON_JOBS_NO_SUCH_JOB',
  })
})

it('rows that a filter excludes have an outcome, so that the manifest is finished', async () => {
  await using here = await world()
  const { stores, server, start } = here
  await lake(stores, 100)
  const summary = await start('one', { itemRows: 20, filter: { glob: 'data/?' } }).done
  expect(summary).toMatchObject({ completed: 10, skipped: 0, failed: 0, reason: 'finished' })
  const { status } = await look(server)
  expect(status.counts).toMatchObject({ copied: 10, excluded: 90 })
  expect(status.manifests[0]).toMatchObject({ stage: 'finished', rows: 100 })
})

it('a key list is one item, and is continued where another worker left it', async () => {
  await using here = await world()
  const { stores, start } = here
  const names = keys(60)
  await stores.objects(bodies(names))
  await stores.source.store.put('lake', 'keys.txt', Buffer.from(names.join('\n')))
  stores.objectRequests()
  const drain = new AbortController()
  const held = stores.destination.hold({ operation: 'PutObject', key: 'data/20' })
  const options = { manifests: ['keys.txt'] }
  const first = start('one', { ...options, drain: drain.signal })
  await held.arrived()
  drain.abort()
  held.release()
  await first.done
  expect(await start('two', options).done).toMatchObject({ completed: 60, failed: 0, reason: 'finished' })
  expect(stores.objectRequests().puts.sort()).toEqual(names.toSorted())
})

it('a manifest that is replaced during the job fails in its old version, and the next scan plans the new one', async () => {
  await using here = await world()
  const { stores, start } = here
  await lake(stores, 60)
  const drain = new AbortController()
  const held = stores.destination.hold({ operation: 'PutObject', key: 'data/10' })
  const first = start('one', { itemRows: 10, concurrency: { fixed: 1 }, drain: drain.signal })
  await held.arrived()
  drain.abort()
  held.release()
  await first.done
  await stores.objects({ new: 'new' })
  await stores.manifest('manifest/a.parquet', rows(['new', 'data/1']))
  const summary = await start('late', { plan: false }).done
  expect(summary).toMatchObject({ over: true, reason: 'failures', manifests: { failed: 1 } })
  const again = await start('two').done
  expect(again).toMatchObject({ reason: 'finished', manifests: { completed: 1, failed: 0 } })
  expect(stores.destination.store.keys('lake')).toContain('new')
})

it('a worker that cannot reach a store fails no row: it hands its rows back with the reason, and the others continue', async () => {
  await using here = await world()
  const { stores, server, start } = here
  await lake(stores, 60)
  const proxy = await startFaultProxy({ upstream: stores.destination.url })
  const cut = start('one', {
    itemRows: 10,
    destination: { ...endpointOf(stores.destination), endpointUrl: proxy.url },
    aliases: { destination: 'copy' },
    outage: { patienceMs: 100, probeIntervalMs: 20 },
    maxAttempts: 1,
    concurrency: { fixed: 1 },
  })
  const held = stores.destination.hold({ operation: 'PutObject', key: 'data/10' })
  await held.arrived()
  held.release()
  await proxy.close()
  await expect(cut.done).rejects.toMatchObject({ code: 'LAGOON_SYNC_STORE_UNREACHABLE', reason: 'store' })
  const other = await start('two', { aliases: { destination: 'copy' } }).done
  expect(other).toMatchObject({ completed: 60, failed: 0, reason: 'finished' })
  expect((await look(server)).failures).toEqual([])
})

it('two workers that plan concurrently plan each manifest once', async () => {
  await using here = await world()
  const { stores, server, start } = here
  await lake(stores, 30)
  for (const name of ['b', 'c', 'd']) await stores.manifest(`manifest/${name}.parquet`, rows(['data/1']))
  await Promise.all(['one', 'two', 'three'].map((name) => start(name).done))
  const { status } = await look(server)
  expect(status.manifests.map(({ key }) => key).sort()).toEqual(
    ['a', 'b', 'c', 'd'].map((name) => `manifest/${name}.parquet`),
  )
  expect([status.rows, status.counts.copied + status.counts.skipped]).toEqual([33, 33])
})

it('a watch adds later manifests and puts failures back, and the other workers stay for it', async () => {
  await using here = await world()
  const { stores, start } = here
  await lake(stores, 5)
  await stores.manifest('manifest/b.parquet', rows(['late']))
  const drain = new AbortController()
  const watching = start('one', { watchIntervalMs: 1000, drain: drain.signal })
  const other = start('two', { plan: false, drain: drain.signal })
  await expect.poll(() => stores.destination.store.keys('lake').length, { timeout: 20_000 }).toBe(5)
  await stores.objects({ late: 'x', later: 'y' })
  await stores.manifest('manifest/c.parquet', rows(['later']))
  await expect.poll(() => stores.destination.store.keys('lake').length, { timeout: 20_000 }).toBe(7)
  drain.abort()
  for (const { done } of [watching, other]) {
    expect(await done).toMatchObject({ completed: 7, failed: 0, over: false, reason: 'signal' })
  }
})

it('a worker that does not plan needs no permission to list the source', async () => {
  await using here = await world()
  const { stores, start } = here
  await lake(stores, 30)
  const drain = new AbortController()
  const held = stores.destination.hold({ operation: 'PutObject', key: 'data/3' })
  const first = start('one', { drain: drain.signal, itemRows: 10 })
  await held.arrived()
  drain.abort()
  held.release()
  await first.done
  stores.source.faults.add({ operation: 'ListObjectsV2', action: { type: 'error', code: 'AccessDenied' } })
  expect(await start('two', { plan: false }).done).toMatchObject({ completed: 30, reason: 'finished' })
  await expect(start('three').done).rejects.toMatchObject({ code: 'LAGOON_TRANSFER_ACCESS_DENIED' })
})

it('an empty prefix ends immediately, with a warning', async () => {
  await using here = await world()
  const { events, done } = here.start('one')
  expect(await done).toMatchObject({ completed: 0, over: true, reason: 'finished' })
  expect(events).toContainEqual(expect.objectContaining({ code: 'LAGOON_SYNC_NO_MANIFEST' }))
})

it('a worker without work exits after a while, and the job continues', async () => {
  await using here = await world()
  const { stores, start } = here
  await lake(stores, 1)
  const held = stores.destination.hold({ operation: 'PutObject', key: 'data/0' })
  const first = start('one')
  await held.arrived()
  const idle = await start('two', { plan: false, idleExitMs: 100 }).done
  expect(idle).toMatchObject({ over: false, interrupted: false, reason: 'idle', own: { completed: 0 } })
  held.release()
  expect(await first.done).toMatchObject({ completed: 1, over: true })
})

it('one controller decides for all: each worker gets a share, and pausing the job pauses everyone', async () => {
  await using here = await world()
  const { stores, server, start } = here
  await lake(stores, 20)
  const held = stores.destination.hold({ operation: 'PutObject', key: 'data/3' })
  const told: number[] = []
  const both = ['one', 'two'].map((name) =>
    start(name, { concurrency: { max: 8 }, itemRows: 5, onOperator: ({ part }) => told.push(part) }),
  )
  await held.arrived()
  await expect.poll(() => told.some((part) => part < 1), { timeout: 20_000 }).toBe(true)
  const { job } = await look(server)
  const saw = (type: string) => both.every(({ events }) => events.some((event) => event.type === type))
  await changeControl(job, () => ({ paused: true }))
  await expect.poll(() => saw('paused')).toBe(true)
  await changeControl(job, () => ({ paused: false }))
  await expect.poll(() => saw('resumed')).toBe(true)
  held.release()
  for (const { done } of both) expect(await done).toMatchObject({ completed: 20, reason: 'finished' })
})

it('caps of a job are set by the first worker, and what an operator has set since stays', async () => {
  await using here = await world()
  const { stores, server, start } = here
  await lake(stores, 3)
  const caps = { 'max-bytes-per-second': 1000 }
  const told: object[] = []
  await start('one', { jobSettings: caps, onOperator: ({ job }) => told.push(job) }).done
  expect(told).toContainEqual(caps)
  const { job } = await look(server)
  await changeControl(job, () => ({ settings: { 'max-bytes-per-second': null } }))
  const later = await start('two', { jobSettings: caps, onOperator: ({ job }) => told.push(job) }).done
  expect(later).toMatchObject({ completed: 3 })
  expect(await readControl(job)).toEqual({ settings: { 'max-bytes-per-second': null } })
})

it('what holds for the job is divided among workers with a fixed number in flight, too', async () => {
  await using here = await world()
  const { stores, start } = here
  await lake(stores, 40)
  const held = stores.destination.hold({ operation: 'PutObject' })
  const parts = new Map<string, number>()
  const both = Object.entries({ one: 2, two: 6 }).map(([name, fixed]) =>
    start(name, {
      concurrency: { fixed },
      itemRows: 10,
      onOperator: ({ part }) => parts.set(name, part),
    }),
  )
  await held.arrived()
  await expect
    .poll(() => [...parts.values()].map((part) => part.toFixed(2)), { timeout: 20_000 })
    .toEqual(['0.25', '0.75'])
  held.release()
  for (const { done } of both) expect(await done).toMatchObject({ completed: 40, reason: 'finished' })
})
