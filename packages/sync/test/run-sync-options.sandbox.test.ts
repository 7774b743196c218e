import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createController } from '@lagoon/aimd'
import { expect, it } from 'vitest'
import type { RunObserver } from '../src/index.js'
import { bodies, keys, rows } from './lake-rows.js'
import { twoStores } from './two-stores.js'

it('a dry run counts earlier failures as objects to copy, and rows without a key as failed', async () => {
  await using stores = await twoStores()
  await stores.objects(bodies(['a']))
  await stores.manifest('manifest/a.parquet', rows(['a', 'late', null]))
  await stores.run()
  const { summary } = await stores.run({ dryRun: true })
  expect(summary).toMatchObject({ planned: 1, skipped: 1, failed: 1, manifests: { skipped: 1 } })
})

it('keeps existing objects of the destination, and counts them as skipped', async () => {
  await using stores = await twoStores()
  await stores.objects(bodies(['a', 'b']))
  await stores.destination.store.put('lake', 'a', 'theirs')
  await stores.manifest('manifest/a.parquet', rows(['a', 'b']))
  const report = join(stores.directory, 'report.jsonl')
  const { summary } = await stores.run({ copy: { overwrite: 'if-missing' }, report })
  expect(summary).toMatchObject({ completed: 1, skipped: 1, failed: 0 })
  expect((await stores.destination.store.get('lake', 'a'))!.bytes.toString()).toBe('theirs')
  expect((await readFile(report, 'utf8')).match(/"outcome":"(copied|skipped)"/g)!.sort()).toEqual([
    '"outcome":"copied"',
    '"outcome":"skipped"',
  ])
})

it.each([{ max: 4 }, { min: 2, max: 4, intervalMs: 1000, preset: 'seed' }] as const)(
  'adapts the number in flight within %o, and passes each attempt to an observer',
  async (concurrency) => {
    await using stores = await twoStores()
    await stores.objects(bodies(keys(20)))
    await stores.manifest('manifest/a.parquet', rows(keys(20)))
    const heard = { attempts: 0, objects: 0 }
    const observer: RunObserver = {
      attemptSucceeded: () => void heard.attempts++,
      attemptFailed: () => undefined,
      objectEnded: () => void heard.objects++,
    }
    const { summary, events } = await stores.run({ concurrency, observer })
    expect(summary).toMatchObject({ completed: 20, failed: 0 })
    expect(heard).toEqual({ attempts: 20, objects: 20 })
    const limits = events.flatMap((event) => (event.type === 'progress' ? [event.limit] : []))
    expect(limits.length).toBeGreaterThan(0)
    expect(Math.max(...limits)).toBeLessThanOrEqual(4)
  },
)

it('obeys a custom control law, and records the settings of a run without it', async () => {
  await using stores = await twoStores()
  await stores.objects(bodies(keys(20)))
  await stores.manifest('manifest/a.parquet', rows(keys(20)))
  const controller = createController({ minConcurrency: 3, maxConcurrency: 3 })
  const { summary, events } = await stores.run({ concurrency: { controller } })
  expect(summary).toMatchObject({ completed: 20, failed: 0 })
  const limits = events.flatMap((event) => (event.type === 'progress' ? [event.limit] : []))
  expect(new Set(limits)).toEqual(new Set([3]))
})

it('reads the given column, and fails a manifest without it', async () => {
  await using stores = await twoStores()
  await stores.objects(bodies(['a']))
  await stores.manifest('manifest/a.parquet', rows(['a']))
  const wrong = await stores.run({ manifestColumn: 'nowhere' })
  expect(wrong.summary).toMatchObject({ completed: 0, manifests: { failed: 1 } })
  expect((await stores.run({ manifestColumn: 'uri' })).summary).toMatchObject({ completed: 1, failed: 0 })
})

it('watches until it is stopped', async () => {
  await using stores = await twoStores()
  await stores.objects(bodies(['a']))
  await stores.manifest('manifest/a.parquet', rows(['a']))
  const drain = new AbortController()
  const { summary } = await stores.run({
    watchIntervalMs: 604_800_000,
    drain: drain.signal,
    onControls: () => undefined,
    onEvent: ({ type }) => type === 'waiting' && drain.abort(),
  })
  expect(summary).toMatchObject({ completed: 1, failed: 0 })
})

it.each(['key', 'row-group'] as const)(
  'three shards by %s copy every object once, each with a state of its own',
  async (by) => {
    await using stores = await twoStores()
    const all = Array.from({ length: 60 }, (_, index) => `data/${index}`)
    await stores.objects(Object.fromEntries(all.map((key) => [key, key])))
    for (let m = 0; m < 6; m++) {
      const named = all.slice(m * 10, m * 10 + 10).map((key) => ({ key }))
      await stores.manifest(`manifest/${m}.parquet`, named, 4)
    }
    const dataDirOf = (index: number): string => join(stores.directory, `${by}-${index}`)
    for (let index = 0; index < 3; index++) {
      const shard = { index, count: 3, by }
      const { summary } = await stores.run({ shard, dataDir: dataDirOf(index) })
      expect(summary).toMatchObject({ failed: 0, reason: 'finished' })
      expect(summary.completed).toBeGreaterThan(0)
      const again = await stores.run({ shard, dataDir: dataDirOf(index) })
      expect(again.summary).toMatchObject({ completed: 0, skipped: summary.completed })
    }
    expect(stores.objectRequests().puts.sort()).toEqual([...all].sort())
    await expect(
      stores.run({ shard: { index: 0, count: 4, by }, dataDir: dataDirOf(0) }),
    ).rejects.toMatchObject({
      code: 'LAGOON_STATE_OTHER_JOB',
      message: expect.stringContaining(`shard 0/3 by ${by}, not to shard 0/4 by ${by}`) as string,
    })
  },
)
