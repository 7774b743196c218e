import { readdirSync } from 'node:fs'
import { expect, test } from 'vitest'
import { expectExit } from './support/expect-exit.js'
import { sandboxJob, type SandboxJob } from './support/sandbox-job.js'
import { summaryOf } from './support/summary-of.js'

/** A job after a run in which two of three objects were missing that are there now; one goes to its own key. */
async function recoveredJob(): Promise<SandboxJob> {
  const job = await sandboxJob()
  await job.putObjects(['a'])
  const schema = {
    key: { type: 'UTF8', optional: true },
    destination_key: { type: 'UTF8', optional: true },
    size: { type: 'INT64', optional: true },
  } as const
  await job.putManifest(
    'manifest/1.parquet',
    [
      { key: 'a', destination_key: null, size: 1 },
      { key: 'late', destination_key: null, size: 4 },
      { key: 'moved', destination_key: 'elsewhere/moved', size: null },
      { key: null, destination_key: null, size: null },
    ] as never,
    schema as never,
  )
  expectExit(await job.run(), 3)
  await job.putObjects(['late', 'moved'])
  return job
}

test('failures are exported as a manifest of what is still to be copied, with destination keys', async () => {
  const job = await recoveredJob()
  const result = await job.run(['failures', '--export', 'failed.parquet', '--as', 'manifest'])
  expectExit(result, 0)
  expect(result.stdout).toContain('Written to failed-00001.parquet.')
  const run = await job.run(['--json', '--manifest', './failed-00001.parquet', '--data-dir', 'other'])
  expectExit(run, 0)
  expect(summaryOf(run)).toMatchObject({ completed: 2, failed: 0 })
  expect(job.copied()).toEqual(['a', 'elsewhere/moved', 'late'])
})

test.each(['failed.parquet', 'failed.jsonl'])(
  'the report %s can be read as a manifest of the failed keys',
  async (file) => {
    const job = await recoveredJob()
    expectExit(await job.run(['failures', '--class', 'missing', '--export', file]), 0)
    const run = await job.run(['--json', '--manifest', `./${file}`, '--data-dir', 'other'])
    expectExit(run, 0)
    expect(summaryOf(run)).toMatchObject({ completed: 2, failed: 0 })
    expect(job.copied()).toEqual(['a', 'late', 'moved'])
  },
)

test.each([
  [['--as', 'manifest'], '--as needs --export'],
  [['--as', 'manifest', '--export', 'failed.jsonl'], '--as manifest writes Parquet'],
])('failures %j is refused, and nothing is written', async (args, message) => {
  const job = await recoveredJob()
  const result = await job.run(['failures', ...args])
  expectExit(result, 2)
  expect(result.stderr).toContain(message)
  expect(readdirSync(job.directory)).toEqual(['state'])
})
