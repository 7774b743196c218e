import { readStatus, joinJob } from '@lagoon/jobs'
import { expect, it } from 'vitest'
import { dryRunJob, verifyJob } from '../src/work/index.js'
import { bodies, rows } from './lake-rows.js'
import { lake, LEASE_MS, world } from './work-world.js'

it('a dry run of a job that does not exist reports all of it, and leaves nothing behind', async () => {
  await using here = await world()
  const { stores, server, over } = here
  await lake(stores, 30)
  await stores.manifest('manifest/b.parquet', rows(['data/0', null]))
  const found = await over('one', (common) => dryRunJob(common))
  expect(found).toMatchObject({ exists: false, planned: 30, skipped: 1, failed: 1, pace: null })
  expect(found.manifests).toEqual({ completed: 2, skipped: 0, failed: 0 })
  expect(await server.connect().list()).toEqual([])
  expect(stores.objectRequests()).toEqual({ gets: [], puts: [], others: [] })
})

it('a dry run of an active job reports what the next worker copies, and changes no record', async () => {
  await using here = await world()
  const { stores, server, start, over } = here
  await lake(stores, 100)
  await stores.manifest('manifest/b.parquet', rows(['gone']))
  const drain = new AbortController()
  const held = stores.destination.hold({ operation: 'PutObject', key: 'data/30' })
  const first = start('one', { drain: drain.signal, itemRows: 20 })
  await held.arrived()
  drain.abort()
  held.release()
  await first.done
  await stores.objects(bodies(['new/1', 'new/2']))
  await stores.manifest('manifest/c.parquet', rows(['new/1', 'new/2']))
  const job = await joinJob(server.connect(), { job: 'lake' })
  const before = await readStatus(job)
  const found = await over('two', (common) => dryRunJob(common))
  expect(await readStatus(job)).toEqual(before)
  expect(found).toMatchObject({ exists: true, skipped: before.counts.copied })
  stores.objectRequests()
  const { own } = await start('three').done
  expect(own.completed + 1).toBe(found.planned)
  // Everything is done: the row without an object is left until it is put back.
  const over1 = await over('four', (common) => dryRunJob(common))
  expect(over1).toMatchObject({ planned: 0, skipped: 102, failed: 1, failedBefore: 1, reason: 'failures' })
  expect(over1.manifests).toEqual({ completed: 0, skipped: 3, failed: 0 })
})

it('a dry run with other settings than the job is refused as a worker would be', async () => {
  await using here = await world()
  await lake(here.stores, 1)
  await here.start('one').done
  const other = { copy: { overwrite: 'if-missing' } } as const
  await expect(here.over('two', (common) => dryRunJob({ ...common, ...other }))).rejects.toMatchObject({
    code: 'LAGOON_JOBS_SETTINGS_DIFFER',
  })
  const reads = await here.over('two', (common) => dryRunJob({ ...common, ...other, onlyReads: true }))
  expect(reads).toMatchObject({ planned: 0, skipped: 1 })
})

it('a verification is shared: every row is compared once, and all workers end with the same figures', async () => {
  await using here = await world()
  const { stores, start, over } = here
  await lake(stores, 100)
  await start('copy', { itemRows: 20 }).done
  await stores.destination.store.put('lake', 'data/7', Buffer.from('other'))
  await stores.destination.store.delete('lake', 'data/8')
  stores.objectRequests()
  const found = await Promise.all(
    ['one', 'two'].map((worker) =>
      over(worker, (common) => verifyJob({ ...common, worker, itemRows: 20, leaseMs: LEASE_MS })),
    ),
  )
  for (const verification of found) {
    expect(verification).toMatchObject({ job: 'lake-verify', over: true, same: 98, different: 2, missing: 0 })
    expect(Object.values(verification.codes)).toEqual([1, 1])
    expect(verification.reason).toBe('failures')
  }
  const [one, two] = found
  expect(one!.own.same + two!.own.same).toBe(98)
  const { gets, puts, others } = stores.objectRequests()
  expect([gets, puts, others.length]).toEqual([[], [], 200])
})

it('a finished verification is started again by the next one, whatever it compared', async () => {
  await using here = await world()
  const { stores, start, over } = here
  await lake(stores, 5)
  await start('copy').done
  const first = await over('one', (common) => verifyJob({ ...common, worker: 'one' }))
  expect(first).toMatchObject({ same: 5, reason: 'finished', by: { etag: 5 } })
  await stores.destination.store.delete('lake', 'data/1')
  const again = await over('two', (common) =>
    verifyJob({ ...common, worker: 'two', compare: { metadata: true } }),
  )
  expect(again).toMatchObject({ same: 4, different: 1, reason: 'failures' })
  // The job itself is as it was.
  expect(await over('three', (common) => dryRunJob(common))).toMatchObject({ planned: 0, skipped: 5 })
})

it('a worker that copies does not join a verification by its name', async () => {
  await using here = await world()
  await lake(here.stores, 1)
  await here.over('one', (common) => verifyJob({ ...common, worker: 'one' }))
  await expect(here.start('two', { job: 'lake-verify' }).done).rejects.toMatchObject({
    code: 'LAGOON_JOBS_SETTINGS_DIFFER',
    message: expect.stringContaining('task') as string,
  })
})
