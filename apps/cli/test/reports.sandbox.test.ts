import { execFile } from 'node:child_process'
import { existsSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { expectExit } from './support/expect-exit.js'
import { sandboxJob, type SandboxJob } from './support/sandbox-job.js'
import { summaryOf } from './support/summary-of.js'

const run = promisify(execFile)
const program = fileURLToPath(new URL('../bin/lagoon.js', import.meta.url))

async function jobOf(keys: readonly string[]): Promise<SandboxJob> {
  const job = await sandboxJob()
  await job.putObjects(keys)
  await job.putKeys('manifest/1.parquet', keys)
  return job
}

const rowsOf = (path: string) =>
  readFileSync(path, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>)

test('a report with rows is replaced only on request: the run is refused before anything is copied', async () => {
  const job = await jobOf(['a', 'b'])
  const report = join(job.directory, 'run.jsonl')
  writeFileSync(report, '{"key":"earlier"}\n')
  const refused = await job.run(['--report', report])
  expectExit(refused, 2)
  expect(refused.stderr).toMatch(
    /run\.jsonl has rows of an earlier run\. .*--report-mode append.*LAGOON_CLI_REPORT_EXISTS/,
  )
  expect(readFileSync(report, 'utf8')).toBe('{"key":"earlier"}\n')
  expect(job.copied()).toEqual([])

  expectExit(await job.run(['--report', report, '--report-mode', 'append']), 0)
  expect(
    rowsOf(report)
      .map(({ key }) => key)
      .sort(),
  ).toEqual(['a', 'b', 'earlier'])
  expectExit(await job.run(['--report', report, '--report-mode', 'replace']), 0)
  // Nothing was left to do.
  expect(readFileSync(report, 'utf8')).toBe('')
})

test("{run} in a report's name is the run's number, and rows have time, manifest and row", async () => {
  const job = await jobOf(['a'])
  const name = join(job.directory, 'report-{run}.jsonl')
  expectExit(await job.run(['--report', name]), 0)
  expectExit(await job.run(['--report', name]), 0)
  const [row] = rowsOf(join(job.directory, 'report-1.jsonl'))
  expect(row).toMatchObject({ key: 'a', outcome: 'copied', manifest: 'manifest/1.parquet', row: 0 })
  expect(new Date(row!.time as string).toISOString()).toBe(row!.time)
  expect(existsSync(join(job.directory, 'report-2.jsonl'))).toBe(true)
})

test('the advice after failures continues a report instead of replacing it', async () => {
  const job = await jobOf(['a', 'denied'])
  job.source.faults.add({
    operation: 'GetObject',
    key: 'denied',
    action: { type: 'error', code: 'AccessDenied' },
  })
  const { stdout } = await job.run(['--report', 'run.jsonl'])
  expect(stdout).toContain('lagoon --report run.jsonl --report-mode append')
})

test('a report that can no longer be written does not stop the run: it is reported, and the exit code is 3', async () => {
  const job = await jobOf(['a', 'b'])
  symlinkSync('/dev/full', join(job.directory, 'run.jsonl'))
  const result = await job.run(['--json', '--report', 'run.jsonl'])
  expectExit(result, 3)
  expect(result.stderr).toContain('the report is incomplete')
  expect(result.events().at(-1)).toMatchObject({
    completed: 2,
    failed: 0,
    lost: ['report'],
    exitCode: 3,
    reason: 'failures',
  })
  expect(job.copied()).toEqual(['a', 'b'])
})

test('a log file that cannot be written is reported on stderr, and the exit code is 3', async () => {
  const job = await jobOf(['a'])
  const result = await job.run(['--json', '--log-file', '/dev/full'])
  expectExit(result, 3)
  expect(result.stderr).toContain('the log file is incomplete')
  expect(result.events().at(-1)).toMatchObject({ completed: 1, lost: ['log file'] })
})

test.each(['>/dev/full', '| head -0'])(
  'unread events of --json (%s) end no run, and are reported',
  async (into) => {
    const job = await jobOf(['a', 'b'])
    const script = `{ "$0" "$1" --json; echo "exit $?" >&2; } ${into}`
    const { stdout, stderr } = await run('bash', ['-c', script, process.execPath, program], {
      cwd: job.directory,
      env: { PATH: process.env.PATH, ...job.env },
    })
    expect(stdout).toBe('')
    expect(stderr).toMatch(/stdout can't be written \((?:ENOSPC|EPIPE)\): events are lost, the run continues/)
    expect(stderr).toContain('exit 3')
    expect(job.copied()).toEqual(['a', 'b'])
  },
)

test("every event has its time and its run's number, and the summary has exit code and reason", async () => {
  const job = await jobOf(['a'])
  await job.run([])
  const result = await job.run(['--json'])
  const events = result.timedEvents()
  for (const { time } of events) expect(new Date(time as string).toISOString()).toBe(time)
  const started = events.findIndex(({ type }) => type === 'start')
  for (const event of events.slice(started)) expect(event).toMatchObject({ run: 2 })
  expect(summaryOf(result)).toMatchObject({ exitCode: 0, reason: 'finished' })

  const refused = await job.run(['--json', '--max-attempts', 'many'])
  expect(refused.timedEvents().at(-1)).toMatchObject({
    type: 'error',
    exitCode: 2,
    reason: 'usage',
    time: expect.any(String),
    run: null,
  })
})
