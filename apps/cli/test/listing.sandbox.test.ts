import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { eventsSchema } from '../src/output/events-schema.js'
import { expectExit } from './support/expect-exit.js'
import { runInProcess } from './support/run-in-process.js'
import { sandboxJob } from './support/sandbox-job.js'
import { summaryOf } from './support/summary-of.js'

const two = ['s3://lake/photos', 's3://copy/backup']

test('a prefix is copied to a prefix without a manifest, and the listing is kept until --rescan', async () => {
  const job = await sandboxJob()
  await job.putObjects(['photos/a', 'photos/b/c', 'photos2/no', 'z'])
  const first = await job.run([...two, '--json'])
  expectExit(first, 0)
  expect(summaryOf(first)).toMatchObject({ completed: 2, failed: 0 })
  expect(job.copied()).toEqual(['backup/a', 'backup/b/c'])
  for (const line of first.timedEvents()) eventsSchema().parse(line)
  expect(readdirSync(join(job.directory, 'state', 'listing'))).toEqual([
    'listing.json',
    'objects-00001.parquet',
  ])

  await job.putObjects(['photos/late'])
  const again = await runInProcess(two, job.env)
  expect(again.data).toMatchObject({ completed: 0, skipped: 2, exitCode: 0 })
  expect(again.text).toContain('--rescan')
  const anew = await runInProcess([...two, '--rescan'], job.env)
  expect(anew.data).toMatchObject({ completed: 1, skipped: 2 })
  expect(job.copied()).toEqual(['backup/a', 'backup/b/c', 'backup/late'])
})

test('plan, verify, status, failures and doctor take the same two stores', async () => {
  const job = await sandboxJob()
  await job.putObjects(['photos/a', 'photos/b'])
  const plan = await runInProcess(['plan', ...two], job.env)
  expect(plan.data).toMatchObject({ type: 'plan', planned: 2, bytes: 16 })
  expect(readdirSync(job.directory)).toEqual([])
  const dry = await runInProcess([...two, '--dry-run'], job.env)
  expect(dry.data).toMatchObject({ planned: 2, exitCode: 0 })

  job.source.faults.add({
    operation: 'GetObject',
    key: 'photos/b',
    action: { type: 'error', code: 'AccessDenied' },
  })
  const partly = await runInProcess(two, job.env)
  expect(partly.data).toMatchObject({ completed: 1, failed: 1, exitCode: 3 })
  expect(partly.text).toContain('lagoon failures s3://lake/photos/ s3://copy/backup/')
  job.source.faults.clear()
  const retried = await runInProcess(['failures', '--retry', ...two], job.env)
  expect(retried.data).toMatchObject({ completed: 1, failed: 0 })

  const verified = await runInProcess(['verify', ...two], job.env)
  expect(verified.data).toMatchObject({ same: 2, different: 0 })
  const status = await runInProcess(['status'], job.env)
  expect(status.data).toMatchObject({ manifests: [{ key: 'listing/objects-00001.parquet' }] })
  const { rows } = await runInProcess(['doctor', ...two], job.env)
  expect(rows).toContainEqual(
    expect.objectContaining({ place: 'source', name: 'list', detail: 'finds photos/a' }),
  )
})

test('an empty prefix is reported, and --require-work makes it exit 3', async () => {
  const job = await sandboxJob()
  await job.putObjects(['a'])
  const { data, events, text } = await runInProcess([...two, '--require-work'], job.env)
  expect(data).toMatchObject({ exitCode: 3 })
  expect(text).toContain('Nothing was found')
  expect(events).toContainEqual(expect.objectContaining({ code: 'LAGOON_SYNC_NOTHING_LISTED' }))
})
