import { CreateMultipartUploadCommand } from '@aws-sdk/client-s3'
import {
  createUploadLedger,
  endPlanning,
  joinJob,
  planManifest,
  readControl,
  readStatus,
  startWorker,
  type HeldItem,
  type Job,
} from '@lagoon/jobs'
import { connectNats, type NatsEngine } from '@lagoon/jobs/nats'
import { provideNats, s3Client, type NatsServer } from '@lagoon/testkit'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { runInProcess } from './support/run-in-process.js'
import { sandboxJob } from './support/sandbox-job.js'
import { temporaryDirectory } from './support/temporary-directory.js'

let server: NatsServer
let engine: NatsEngine
beforeAll(async () => {
  // A server of its own: `job list` shows all that it has.
  server = await provideNats({ config: '' })
  engine = await connectNats({ servers: server.url })
})
afterAll(async () => {
  await engine.close()
  await server.stop()
})

const cli = (args: readonly string[], environment: Record<string, string> = {}) =>
  runInProcess(args, { LAGOON_QUEUE: server.url, ...environment })

let names = 0

/** A job with one manifest of rows 0 to 99 in items of 50; deleted after the test. */
async function startJob(): Promise<Job> {
  const name = `lake-${(names += 1)}`
  const job = await joinJob(engine, { job: name, settings: { from: 'lake' } })
  onTestFinished(async () => void (await engine.delete(name)))
  await planManifest(job, { key: 'manifest/1.parquet', etag: 'v1', rowGroups: [100] }, { itemRows: 50 })
  await endPlanning(job)
  return job
}

const presence = { host: 'h1', pid: 7, inFlight: 8, limit: 16, objectsPerSecond: 25, bytesPerSecond: 50_000 }

async function startOne(job: Job, id = 'w1') {
  const worker = startWorker(job, { id, presence: () => presence, presenceIntervalMs: 200 })
  // Of a job that was deleted it learns with its last write.
  onTestFinished(() => worker.close().catch(() => undefined))
  return worker
}

const failureOf = (row: number) => ({
  key: `data/${row}`,
  class: row % 2 === 0 ? 'missing' : 'transient',
  code: row % 2 === 0 ? 'NoSuchKey' : 'InternalError',
  message: 'it did not work',
  attempts: 3,
  time: 1_764_600_000_000,
})

/** Ends an item; every tenth row fails. */
async function workOff(item: HeldItem): Promise<void> {
  for (let row = item.from; row < item.to!; row += 1) {
    if (item.begin(row) !== 'begin') continue
    if (row % 10 === 0) item.settle(row, { outcome: 'missing', failure: failureOf(row) })
    else if (row % 10 === 5) item.settle(row, { outcome: 'failed', failure: failureOf(row) })
    else item.settle(row, { outcome: 'copied', bytes: 1000 })
  }
  await item.finish()
}

/** A job that is over, with 20 failures in 100 rows. */
async function finishedJob(): Promise<Job> {
  const job = await startJob()
  const worker = await startOne(job)
  for (let item = await worker.next(); item !== null; item = await worker.next()) await workOff(item)
  await worker.close()
  return job
}

test('status shows how far a job is, who works on it, and when it will be done', async () => {
  const job = await startJob()
  const worker = await startOne(job)
  await workOff((await worker.next())!)
  const second = (await worker.next())!
  await second.checkpoint()
  const { data, text } = await cli(['status', '--job', job.job])
  expect(data).toMatchObject({
    type: 'status',
    job: job.job,
    state: 'open',
    counts: { complete: 40, failed: 10, manifestsFinished: 0 },
    rows: 100,
    outcomes: { copied: 40, missing: 5, failed: 5, bytes: 40_000 },
    items: { total: 2, done: 1, held: 1 },
    objectsPerSecond: 25,
    eta: expect.stringMatching(/^\d{4}-/),
    workers: [{ id: 'w1', host: 'h1', pid: 7, inFlight: 8, limit: 16 }],
    manifests: [{ key: 'manifest/1.parquet', stage: 'open', rows: 100 }],
  })
  expect(text).toContain(
    `Job ${job.job}: 40 objects complete, 10 failures, 0 of 1 known manifest finished.\nThe job is running since `,
  )
  expect(text).toContain(
    '  50 of 100 rows (50 %): 40 copied (40.0 kB), 0 skipped, 10 failed (5 missing at the source)',
  )
  expect(text).toMatch(/^ {2}1 worker, 25 objects\/s, 50\.0 kB\/s, ETA .+, done by /m)
  expect(text).toMatch(
    /^ {2}w1 on h1, process 7 {2}\d items?, 8 of 16 in flight, 25 objects\/s, 50\.0 kB\/s$/m,
  )
  expect(text).toContain('  manifest/1.parquet  in progress, 50 of 100 rows settled, 10 failed')
})

test('--follow shows the job again until it is over', async () => {
  const job = await startJob()
  const worker = await startOne(job)
  const states: string[] = []
  const shown = Promise.withResolvers<void>()
  const followed = runInProcess(
    ['status', '--follow', '--job', job.job, '--queue', server.url],
    {},
    (event) => {
      if (event.type !== 'view') return
      states.push((event.view.data as { state: string }).state)
      shown.resolve()
    },
  )
  await shown.promise
  for (let item = await worker.next(); item !== null; item = await worker.next()) await workOff(item)
  expect((await followed).data).toMatchObject({ state: 'over', outcomes: { copied: 80 } })
  expect(new Set(states)).toEqual(new Set(['open']))
})

test('failures of a job are counted, listed, filtered and exported in the form of a state directory', async () => {
  const job = await finishedJob()
  const { data, rows, text } = await cli(['failures', '--job', job.job, '--limit', '1'])
  expect(data).toEqual({
    type: 'failures',
    exists: true,
    recorded: 20,
    total: 20,
    byClass: { missing: 10, transient: 10 },
    byCode: { NoSuchKey: 10, InternalError: 10 },
  })
  expect(rows).toHaveLength(20)
  expect(rows.find(({ row }) => row === 5)).toEqual({
    type: 'failure',
    ...failureOf(5),
    manifest: { key: 'manifest/1.parquet', etag: 'v1' },
    rowGroup: 0,
    row: 5,
  })
  expect(text).toContain(`failures --retry --job ${job.job}`)
  const file = join(temporaryDirectory(), 'failed.jsonl')
  await cli(['failures', '--job', job.job, '--class', 'transient', '--export', file])
  expect(readFileSync(file, 'utf8').trim().split('\n')).toHaveLength(10)
  expect((await cli(['status', '--job', job.job, '--key', 'data/5', '--key', 'data/1'])).data).toMatchObject({
    keys: [
      { key: 'data/5', status: 'FAILED', failures: [{ code: 'InternalError', row: 5 }] },
      { key: 'data/1', status: null },
    ],
  })
})

test('--retry puts back the selected failures, and a worker retries them', async () => {
  const job = await finishedJob()
  const { data, text } = await cli(['failures', '--retry', '--class', 'transient', '--job', job.job])
  expect(data).toEqual({ type: 'retry', job: job.job, rows: 10, unreadable: 0, workers: 0 })
  expect(text).toContain('10 rows. No worker is running: start one with lagoon --queue.')
  const worker = await startOne(job, 'w2')
  const tried: number[] = []
  for (let item = await worker.next(); item !== null; item = await worker.next()) {
    for (let row = item.from; row < item.to!; row += 1) {
      if (item.begin(row) !== 'begin') continue
      tried.push(row)
      item.settle(row, { outcome: 'copied', bytes: 1 })
    }
    await item.finish()
  }
  expect(tried.sort((a, b) => a - b)).toEqual([5, 15, 25, 35, 45, 55, 65, 75, 85, 95])
  expect((await cli(['failures', '--job', job.job])).data).toMatchObject({ total: 10 })
  await expect(cli(['failures', '--retry', '--limit', '3', '--job', job.job])).rejects.toMatchObject({
    code: 'LAGOON_CLI_CONFLICT',
  })
})

test('ctl pauses, resumes and limits a job, or one worker of it', async () => {
  const job = await startJob()
  const worker = await startOne(job)
  const item = (await worker.next())!
  const ctl = (...words: string[]) => cli(['ctl', ...words, '--job', job.job])
  expect((await ctl('pause')).data).toMatchObject({ type: 'control', job: job.job, paused: true })
  while (worker.control.paused !== true) await worker.changed()
  expect(item.begin(item.from)).toBe('wait')
  expect((await ctl('status')).text).toContain('The job is paused by the operator')
  await ctl('resume')
  while (worker.control.paused === true) await worker.changed()

  await ctl('set', 'max-bytes-per-second=50MB')
  await ctl('pause', '--worker', 'w1')
  const { text } = await ctl('set', 'max-concurrency=8', '--worker', 'w1')
  expect(text).toContain('Set by the operator: max-bytes-per-second=50MB')
  expect(text).toMatch(/w1 on h1.*Set by the operator: max-concurrency=8/)
  expect(await readControl(job)).toEqual({
    paused: false,
    settings: { 'max-bytes-per-second': '50MB' },
    workers: { w1: { paused: true, settings: { 'max-concurrency': '8' } } },
  })
  await expect(ctl('pause', '--worker', 'other')).rejects.toMatchObject({
    code: 'LAGOON_CLI_NO_RUN',
    hint: expect.stringContaining('w1'),
  })
  await expect(ctl('set', 'max-attempts=3')).rejects.toMatchObject({ code: 'LAGOON_CLI_USAGE' })
  await expect(runInProcess(['ctl', 'pause', '--worker', 'w1'])).rejects.toMatchObject({
    code: 'LAGOON_CLI_CONFLICT',
    message: '--worker is set, but --queue is not',
  })
})

test('jobs are listed, exported, deleted and imported', async () => {
  const job = await finishedJob()
  const listed = await cli(['job', 'list'])
  expect(listed.rows.find(({ job: name }) => name === job.job)).toMatchObject({
    type: 'job',
    state: 'over',
    rows: 100,
    rowsDone: 100,
    counts: { complete: 80, failed: 20 },
    workers: 0,
  })
  expect(listed.text).toMatch(
    new RegExp(`${job.job} +over, 100 of 100 rows \\(100 %\\), 20 failed, 0 workers, created `),
  )
  const file = join(temporaryDirectory(), 'lake.ndjson')
  expect((await cli(['job', 'export', file, '--job', job.job])).data).toMatchObject({
    type: 'exported',
    job: job.job,
  })
  await expect(cli(['job', 'export', file, '--job', job.job])).rejects.toMatchObject({
    code: 'LAGOON_CLI_FILE',
    message: `${file} exists already`,
  })
  await expect(cli(['job', 'import', file, '--job', job.job])).rejects.toMatchObject({
    code: 'LAGOON_JOBS_JOB_EXISTS',
  })
  const before = await readStatus(job)
  expect((await cli(['job', 'delete', job.job])).text).toContain(`The job ${job.job} is deleted.`)
  expect((await cli(['job', 'list'])).rows.map(({ job: name }) => name)).not.toContain(job.job)
  expect((await cli(['job', 'import', file, '--job', job.job])).data).toEqual({
    type: 'imported',
    job: job.job,
    rows: 100,
    rowsDone: 100,
  })
  const after = await readStatus(await joinJob(engine, { job: job.job }))
  expect({ ...after, meta: null }).toEqual({ ...before, meta: null })
  const damaged = join(temporaryDirectory(), 'damaged.ndjson')
  writeFileSync(damaged, `${readFileSync(file, 'utf8')}{"key":`)
  await expect(cli(['job', 'import', damaged, '--job', 'other'])).rejects.toMatchObject({
    code: 'LAGOON_JOBS_RECORD_DAMAGED',
    message: expect.stringMatching(/^the export cannot be used: line \d+: /),
  })
  await expect(cli(['job', 'import', join(file, 'no'), '--job', 'other'])).rejects.toMatchObject({
    code: 'LAGOON_CLI_FILE',
  })
})

test('a job with workers is deleted with --force only', async () => {
  const job = await startJob()
  const worker = await startOne(job)
  await worker.next()
  await expect(cli(['job', 'delete', job.job])).rejects.toMatchObject({
    code: 'LAGOON_CLI_CONFLICT',
    message: `the job ${job.job} has 1 worker`,
  })
  await expect(cli(['job', 'delete'])).rejects.toMatchObject({ code: 'LAGOON_CLI_MISSING_SETTING' })
  await expect(cli(['job', 'delete', 'unknown'])).rejects.toMatchObject({ code: 'LAGOON_JOBS_NO_SUCH_JOB' })
  expect((await cli(['job', 'delete', '--job', job.job, '--force'])).data).toEqual({
    type: 'deleted',
    job: job.job,
  })
  await expect(cli(['job', 'delete', job.job, '--force'])).rejects.toMatchObject({
    code: 'LAGOON_CLI_NO_RUN',
  })
})

test('state forget puts a manifest, rows of a key or everything that failed back', async () => {
  const job = await finishedJob()
  const forget = (...words: string[]) => cli(['state', 'forget', ...words, '--job', job.job])
  expect((await forget('data/5', 'data/10')).data).toMatchObject({
    type: 'forgotten',
    manifests: 0,
    failures: 2,
  })
  expect((await readStatus(job)).counts).toMatchObject({ failed: 9, missing: 9 })
  expect((await forget('--failed')).data).toMatchObject({ failures: 18 })
  await expect(forget('data/1')).rejects.toMatchObject({
    code: 'LAGOON_CLI_USAGE',
    message: expect.stringContaining('the queue records rows, not keys'),
  })
  expect((await forget('--manifest', 'manifest/1.parquet')).data).toMatchObject({ manifests: 1 })
  expect(await readStatus(job)).toMatchObject({ meta: { state: 'planning' }, manifests: [] })
  await expect(forget('--manifest', 'manifest/2.parquet')).rejects.toMatchObject({
    message: `the job ${job.job} has no manifest manifest/2.parquet`,
  })
})

test('cleanup aborts the uploads of workers that are gone, and keeps those of the others', async () => {
  const stores = await sandboxJob()
  const job = await startJob()
  await startOne(job, 'present')
  const { url, credentials, region } = stores.destination
  const client = s3Client({ url, region, ...credentials })
  onTestFinished(() => client.destroy())
  for (const [key, worker] of [
    ['data/left', 'gone'],
    ['data/kept', 'present'],
  ] as const) {
    const { UploadId } = await client.send(new CreateMultipartUploadCommand({ Bucket: 'copy', Key: key }))
    const ledger = createUploadLedger(job, { worker })
    ledger.put(key, {
      version: 1,
      uploadId: UploadId,
      bucket: 'copy',
      sourceKey: key,
      versionId: null,
      etag: 'e',
      sizeBytes: 1,
      partRuns: [[1, 1]],
      startedAt: Date.now(),
      parts: [],
    })
    await ledger.flush()
  }
  const { data, text } = await cli(['cleanup', '--job', job.job], stores.env)
  expect(data).toMatchObject({ type: 'cleanup', uploads: 1, failed: 0, inUse: 1 })
  expect(text).toContain('1 upload of running workers left alone.')
  expect((await cli(['cleanup', '--job', job.job], stores.env)).data).toMatchObject({ uploads: 0, inUse: 1 })
})

test('plan, a dry run and a verification over the queue tell what one machine tells, for the whole job', async () => {
  const lake = await sandboxJob()
  const env = { ...lake.env, LAGOON_QUEUE: server.url, LAGOON_JOB: `plan-${(names += 1)}` }
  onTestFinished(async () => void (await engine.delete(env.LAGOON_JOB)))
  onTestFinished(async () => void (await engine.delete(`${env.LAGOON_JOB}-verify`)))
  await lake.putObjects(['a', 'b', 'c'])
  const schema = { uri: { type: 'UTF8' }, size: { type: 'INT64' } } as const
  await lake.putManifest(
    'manifest/1.parquet',
    ['a', 'b', 'c'].map((uri) => ({ uri, size: 1000 })),
    schema,
  )
  const before = await runInProcess(['plan', '--price-put-1000', '5'], env)
  expect(before.data).toMatchObject({ job: env.LAGOON_JOB, planned: 3, bytes: 3000, time: null })
  expect(before.text).toMatch(/^The job plan-\d+ would copy 3 objects, 3\.0+ kB\.\n/)
  expect(before.text).toContain('no worker copies at the moment')
  const dry = await runInProcess(['--dry-run'], env)
  expect(dry.data).toMatchObject({ type: 'summary', planned: 3, exists: false })
  expect(dry.text).toContain('which does not exist yet, would copy 3 objects')
  expect(await engine.list()).not.toContain(env.LAGOON_JOB)

  expect((await runInProcess([], env)).exitCode).toBe(0)
  expect((await runInProcess(['plan'], env)).data).toMatchObject({ planned: 0, skipped: 3 })
  const verified = await runInProcess(['verify'], env)
  expect(verified).toMatchObject({ exitCode: 0, data: { same: 3, over: true } })
  expect(verified.text).toContain('Every object is at the destination.')
  await lake.destination.store.put('copy', 'b', 'something else')
  const differing = await runInProcess(['verify'], env)
  expect(differing).toMatchObject({ exitCode: 3, data: { same: 2, different: 1 } })
  const verification = ['--job', `${env.LAGOON_JOB}-verify`]
  expect((await runInProcess(['status', ...verification], env)).text).toMatch(
    /^Verification plan-\d+-verify: 2 objects identical, 1 difference, [^]*2 identical .*, 1 different$/m,
  )
  expect(differing.text).toMatch(/Each of them: .*failures .*--job plan-\d+-verify/)
})
