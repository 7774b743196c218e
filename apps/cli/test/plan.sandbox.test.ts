import type { RunRecord } from '@lagoon/state-lmdb'
import { expect, test } from 'vitest'
import { estimate, paceOfRuns } from '../src/plan/estimate.js'
import { shardCosts, shardLines } from '../src/plan/shard-costs.js'
import { expectExit } from './support/expect-exit.js'
import { runInProcess } from './support/run-in-process.js'
import { sandboxJob } from './support/sandbox-job.js'

const runOf = (number: number, completed: number, bytes: number, durationMs: number): RunRecord => ({
  number,
  startedAt: '2026-01-01T00:00:00.000Z',
  info: {},
  finishedAt: '2026-01-01T01:00:00.000Z',
  summary: { completed, bytes, durationMs },
})

const nothing = { pace: null, prices: null }

test('without sizes, prices and earlier runs an estimate says what is unknown', () => {
  expect(estimate({ planned: 10, plan: { bytes: 0, withoutSize: 10 } }, nothing)).toEqual({
    bytes: null,
    withoutSize: 10,
    requests: { source: 10, destination: 10 },
    cost: null,
    time: null,
  })
})

test('bytes are those of the objects to copy whose size is known', () => {
  expect(estimate({ planned: 10, plan: { bytes: 1234, withoutSize: 1 } }, nothing)).toMatchObject({
    bytes: 1234,
    withoutSize: 1,
  })
})

test('time is based on the last run that copied enough, and on the slower of objects and bytes', () => {
  const runs = [runOf(1, 1000, 1_000_000, 10_000), runOf(2, 1000, 1_000_000, 20_000), runOf(3, 2, 10, 60_000)]
  const unsized = { planned: 3000, plan: { bytes: 0, withoutSize: 3000 } }
  expect(estimate(unsized, { ...nothing, pace: paceOfRuns(runs) }).time).toEqual({
    durationMs: 60_000,
    fromRun: 2,
  })
  const sized = { planned: 3000, plan: { bytes: 9_000_000, withoutSize: 0 } }
  expect(estimate(sized, { ...nothing, pace: paceOfRuns(runs) }).time).toEqual({
    durationMs: 180_000,
    fromRun: 2,
  })
})

test('cost is requests and traffic at the given prices', () => {
  const prices = { getPer1000: 0.0004, putPer1000: 0.005, egressPerGb: 0.09 }
  const figures = { planned: 1_000_000, plan: { bytes: 100e9, withoutSize: 0 } }
  const { cost } = estimate(figures, { ...nothing, prices })
  expect(cost!.requests).toBeCloseTo(5.4)
  expect(cost!.egress).toBeCloseTo(9)
})

test('a plan of a shard says what the shard reads, and what the other way of sharing out would change', async () => {
  const job = await sandboxJob()
  await job.putKeys(
    'manifest/1.parquet',
    Array.from({ length: 40 }, (_, index) => `data/${index}`),
  )
  const byKey = await runInProcess(['plan', '--shard', '0/2'], job.env)
  expect(byKey.data).toMatchObject({ shard: { index: 0, count: 2, by: 'key', rows: 40, read: 40 } })
  expect(byKey.text).toContain('Shard 0/2 by key: each shard reads all 40 rows of the manifests')
  expect(byKey.text).toContain('With --shard-by row-group, each shard would read about 20')
  const groups = ['0/2', '1/2'].map((shard) =>
    runInProcess(['plan', '--shard', shard, '--shard-by', 'row-group'], job.env),
  )
  const answers = await Promise.all(groups)
  const reads = answers.map(({ data }) => (data as { shard: { read: number } }).shard.read)
  // The manifest has one row group, which one of them reads.
  expect(reads.sort((a, b) => a - b)).toEqual([0, 40])
  for (const { text } of answers) expect(text).toContain('of 40 rows of the manifests')
})

test('from a tenth of the time to copy on, a plan recommends to share out by row group', () => {
  const time = { durationMs: 1000, fromRun: 1 }
  const costsAt = (durationMs: number) =>
    shardLines(shardCosts({ index: 3, count: 16 }, { durationMs, shard: { rows: 10, read: 10 } }, time))
  expect(costsAt(99).join()).not.toContain('Worth it here')
  expect(costsAt(100).join()).toMatch(/this one in 100 ms, 10 % of the time to copy.*Worth it here/)
})

test('with one unknown size, bytes and price are lower bounds', async () => {
  const job = await sandboxJob()
  const schema = { uri: { type: 'UTF8' }, size: { type: 'INT64', optional: true } } as const
  const rows = [{ uri: 'a', size: 2e9 }, { uri: 'b' }]
  await job.putManifest('manifest/1.parquet', rows, schema)
  const { data, text } = await runInProcess(['plan', '--price-egress-gb', '0.5'], job.env)
  expect(data).toMatchObject({ bytes: 2e9, withoutSize: 1, cost: { egress: 1 } })
  expect(text).toMatch(/^A run would copy 2 objects, at least 2\.0+ GB\.\n/)
  expect(text).toContain('at least 1.00 for traffic')
})

test('a plan counts the work and the obstacles, and changes nothing', async () => {
  const job = await sandboxJob()
  await job.putObjects(['a', 'b'])
  const schema = { uri: { type: 'UTF8', optional: true }, size: { type: 'INT64' } } as const
  await job.putManifest(
    'manifest/1.parquet',
    [
      { uri: 'a', size: 1 },
      { uri: 'b', size: 1 },
      { uri: 'b', size: 1 },
    ],
    schema,
  )
  await job.source.store.put('lake', 'manifest/torn.parquet', 'torn')
  const result = await job.run(['plan', '--json'])
  expectExit(result, 3)
  expect(result.events().at(-1)).toMatchObject({
    type: 'plan',
    planned: 2,
    skipped: 1,
    failed: 0,
    manifests: { toRead: 1, finished: 0, unreadable: 1 },
    parts: { thresholdBytes: 16 * 2 ** 20, singlePutBytes: 256 * 2 ** 20, partSizeBytes: 16 * 2 ** 20 },
    problems: [
      { code: expect.stringContaining('LAGOON_MANIFEST_'), message: expect.stringContaining('torn.parquet') },
    ],
    requests: { source: 2, destination: 2 },
    time: null,
    cost: null,
  })
  expect(job.copied()).toEqual([])
  const { stdout } = await job.run(['plan', '--price-put-1000', '5'])
  expect(stdout).toMatch(
    /^A run would copy 2 objects.*\.\nOf 3 rows: 1 complete or named twice, 0 without a usable key\.\n/,
  )
  expect(stdout).toContain('Cost at the given prices: 0.01 for requests')
  expect(stdout).toContain(
    'Parts: objects above 16 MiB are copied in parts of 16 MiB, those whose ETag is an MD5 above 256 MiB;',
  )
  const told = await job.run(['plan', '--multipart-threshold', '64MiB'])
  expect(told.stdout).toContain('Parts: objects above 64 MiB are copied in parts of 16 MiB; the source')
  expect(stdout).toMatch(/Nothing was changed\.\n$/)
})
