import type { SyncSummary } from '@lagoon/sync'
import { expect, test } from 'vitest'
import { expectExit } from './support/expect-exit.js'
import { sandboxJob, type SandboxJob } from './support/sandbox-job.js'
import { summaryOf } from './support/summary-of.js'

/** Runs and proves that every row of the manifests has exactly one outcome in the summary, as in the report and the failure events. */
const account = async (
  job: SandboxJob,
  rows: number,
  exitCode: number,
  args: readonly string[] = [],
): Promise<SyncSummary> => {
  const result = await job.run(['--json', ...args])
  expectExit(result, exitCode)
  const summary = summaryOf(result)
  const { planned, completed, skipped, failed, missing, manifests } = summary
  expect(planned + completed + skipped + failed).toBe(rows)
  expect(missing).toBeLessThanOrEqual(failed)
  expect(exitCode === 3).toBe(failed > 0 || manifests.failed > 0)
  const events = result.events()
  if (!args.includes('--dry-run')) {
    expect(events.filter(({ type }) => type === 'failure')).toHaveLength(failed)
  }
  const progress = events.findLast(({ type }) => type === 'progress')
  expect(progress).toMatchObject({ completed, skipped, failed, missing, planned })
  return summary
}

test('a first run, a repeated one, and one after an object was restored', async () => {
  const job = await sandboxJob()
  await job.putObjects(['a', 'b'])
  await job.putKeys('manifest/1.parquet', ['a', 'b', 'gone'])
  expect(await account(job, 3, 3)).toMatchObject({ completed: 2, skipped: 0, failed: 1, missing: 1 })
  expect(await account(job, 3, 3)).toMatchObject({ completed: 0, skipped: 2, failed: 1, missing: 1 })
  await job.putObjects(['gone'])
  expect(await account(job, 3, 0)).toMatchObject({ completed: 1, skipped: 2, failed: 0, missing: 0 })
  expect(await account(job, 3, 0)).toMatchObject({ completed: 0, skipped: 3, failed: 0 })
})

test('keys that appear twice, including failing ones', async () => {
  const job = await sandboxJob()
  await job.putObjects(['a', 'b'])
  await job.putKeys('manifest/1.parquet', ['a', 'a', 'gone', 'gone'])
  await job.putKeys('manifest/2.parquet', ['gone', 'b', 'a'])
  expect(await account(job, 7, 3)).toMatchObject({ completed: 2, skipped: 4, failed: 1, missing: 1 })
  expect(await account(job, 7, 3)).toMatchObject({ completed: 0, skipped: 6, failed: 1, missing: 1 })
})

test('rows without a usable key', async () => {
  const job = await sandboxJob()
  await job.putObjects(['a'])
  await job.putKeys('manifest/1.parquet', ['a', null, 's3://elsewhere/x', 'x'.repeat(2000)])
  expect(await account(job, 4, 3)).toMatchObject({ completed: 1, failed: 3, missing: 0 })
  expect(await account(job, 4, 3)).toMatchObject({ completed: 0, skipped: 1, failed: 3, missing: 0 })
})

test('an added manifest and a replaced one', async () => {
  const job = await sandboxJob()
  await job.putObjects(['a', 'b', 'c', 'd'])
  await job.putKeys('manifest/1.parquet', ['a', 'b'])
  await account(job, 2, 0)
  await job.putKeys('manifest/2.parquet', ['b', 'c'])
  expect(await account(job, 4, 0)).toMatchObject({ completed: 1, skipped: 3 })
  await job.putKeys('manifest/1.parquet', ['a', 'd', 'gone'])
  expect(await account(job, 5, 3)).toMatchObject({ completed: 1, skipped: 3, failed: 1 })
})

test('a dry run before, during and after a copy', async () => {
  const job = await sandboxJob()
  await job.putObjects(['a', 'b'])
  await job.putKeys('manifest/1.parquet', ['a', 'b', 'b'])
  expect(await account(job, 3, 0, ['--dry-run'])).toMatchObject({ planned: 2, skipped: 1 })
  await account(job, 3, 0)
  await job.putKeys('manifest/2.parquet', ['c'])
  expect(await account(job, 4, 0, ['--dry-run'])).toMatchObject({ planned: 1, skipped: 3 })
  await job.putObjects(['c'])
  await account(job, 4, 0)
  expect(await account(job, 4, 0, ['--dry-run'])).toMatchObject({ planned: 0, skipped: 4 })
})

test('objects that fail temporarily and those that fail permanently', async () => {
  const job = await sandboxJob()
  await job.putObjects(['a', 'b', 'c'])
  await job.putKeys('manifest/1.parquet', ['a', 'b', 'c'])
  job.source.faults.add({
    operation: 'GetObject',
    key: 'b',
    action: { type: 'error', code: 'InternalError' },
    times: 2,
  })
  const denied = job.source.faults.add({
    operation: 'GetObject',
    key: 'c',
    action: { type: 'error', code: 'AccessDenied' },
  })
  expect(await account(job, 3, 3)).toMatchObject({ completed: 2, failed: 1, missing: 0 })
  denied.remove()
  expect(await account(job, 3, 0)).toMatchObject({ completed: 1, skipped: 2, failed: 0 })
})

test('the report has a row for every row, with the outcomes of the summary', async () => {
  const job = await sandboxJob()
  await job.putObjects(['a', 'b'])
  await job.putKeys('manifest/1.parquet', ['a', 'a', 'b', 'gone', null])
  const { completed, skipped, failed, missing } = await account(job, 5, 3, ['--report', 'run.jsonl'])
  const { readFileSync } = await import('node:fs')
  const rows = readFileSync(`${job.directory}/run.jsonl`, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { outcome: string; key: string })
  const count = (outcome: string) => rows.filter((row) => row.outcome === outcome).length
  expect({ copied: count('copied'), skipped: count('skipped') }).toEqual({ copied: completed, skipped })
  expect(count('failed') + count('missing')).toBe(failed)
  expect(count('missing')).toBe(missing)
})

test('a retry of recorded failures, all or filtered, counts the failures and nothing else', async () => {
  const job = await sandboxJob()
  await job.putObjects(['a'])
  await job.putKeys('manifest/1.parquet', ['a', 'gone', null, 'gone', 'lost'])
  await account(job, 5, 3)
  await job.putObjects(['gone'])
  const retry = ['failures', '--retry']
  expect(await account(job, 1, 3, [...retry, '--class', 'row'])).toMatchObject({ failed: 1, missing: 0 })
  expect(await account(job, 4, 3, retry)).toMatchObject({ completed: 1, skipped: 1, failed: 2, missing: 1 })
  expect(await account(job, 2, 3, retry)).toMatchObject({ completed: 0, failed: 2, missing: 1 })
  await job.putObjects(['lost'])
  expect(await account(job, 5, 3)).toMatchObject({ completed: 1, skipped: 3, failed: 1 })
})

test('threads, caps, and objects that are kept at the destination', async () => {
  const job = await sandboxJob()
  const keys = Array.from({ length: 30 }, (_, n) => `k${n}`)
  await job.putObjects(keys)
  await job.destination.store.put('copy', 'k0', 'k0')
  await job.putKeys('manifest/1.parquet', [...keys, 'gone'])
  const flags = ['--threads', '2', '--max-bytes-per-second', '1000000', '--overwrite', 'if-missing']
  expect(await account(job, 31, 3, flags)).toMatchObject({ completed: 29, skipped: 1, failed: 1 })
  expect(await account(job, 31, 3, ['--schedule', '00:00-24:00 1'])).toMatchObject({ skipped: 30, failed: 1 })
})
