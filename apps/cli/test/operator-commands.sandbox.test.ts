import { spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { completionShellSyntax } from './support/completion-syntax.js'
import { expectExit } from './support/expect-exit.js'
import { runCli, type CliResult } from './support/run-cli.js'
import { runInProcess } from './support/run-in-process.js'
import { sandboxJob, type SandboxJob } from './support/sandbox-job.js'
import { summaryOf } from './support/summary-of.js'
import { temporaryDirectory } from './support/temporary-directory.js'

/** A job after one run: two objects copied, two missing, one row without a key. */
const failedJob = async (): Promise<SandboxJob> => {
  const job = await sandboxJob()
  await job.putObjects(['data/a', 'data/b'])
  await job.putKeys('manifest/1.parquet', ['data/a', 'data/gone'])
  await job.putManifest('manifest/2.parquet', [
    { uri: 'data/b' },
    { uri: 'data/\u001b[2Jgone' },
    { uri: null },
  ])
  expectExit(await job.run(), 3)
  return job
}

const lastOf = (result: CliResult) => {
  expectExit(result, 0)
  return result.events().at(-1)!
}

test('status shows what is complete, what failed, and every run', async () => {
  const job = await failedJob()
  expectExit(await job.run(), 3)
  const data = lastOf(await job.run(['status', '--json']))
  expect(data).toMatchObject({
    type: 'status',
    exists: true,
    counts: { complete: 2, failed: 3, manifestsFinished: 2 },
    running: null,
  })
  expect(data.runs).toMatchObject([
    { summary: { completed: 2, failed: 3 } },
    { summary: { completed: 0, failed: 3 } },
  ])
  expect(data.manifests).toMatchObject([
    { key: 'manifest/1.parquet', finished: { rows: 2, failed: 1 } },
    { key: 'manifest/2.parquet', finished: { rows: 3, failed: 2 } },
  ])
  const { stdout } = await job.run(['status'])
  expect(stdout).toMatch(/^State in .*: 2 objects complete, 3 failures, 2 of 2 known manifests finished\./)
  expect(stdout).toContain('No run is active.')
  expect(stdout).toContain('manifest/2.parquet  finished, 3 rows, 2 failed')
})

test('status of single keys: COMPLETED, FAILED and why, or unknown', async () => {
  const job = await failedJob()
  const asked = ['--key', 'data/a', '--key', 'data/gone', '--key', 'data/other']
  expect(lastOf(await job.run(['status', '--json', ...asked]))).toMatchObject({
    type: 'keys',
    keys: [
      { key: 'data/a', status: 'COMPLETED', failures: [] },
      { key: 'data/gone', status: 'FAILED', failures: [{ class: 'missing', row: 1 }] },
      { key: 'data/other', status: null, failures: [] },
    ],
  })
  const { stdout } = await job.run(['status', ...asked])
  expect(stdout).toMatch(
    /^COMPLETED {2}data\/a\nFAILED {5}data\/gone\n +NoSuchKey: .*\nunknown {4}data\/other\n$/,
  )
})

test('status shows live figures during a run, and none afterwards', async () => {
  const job = await sandboxJob()
  await job.putObjects(['data/a', 'data/b'])
  await job.putKeys('manifest/1.parquet', ['data/a', 'data/b'])
  const hold = job.source.hold({ operation: 'GetObject', key: 'data/b' })
  const told = Promise.withResolvers<void>()
  const { child, done } = job.start(['--json'], {
    onEvent(event) {
      if (event.type === 'progress') told.resolve()
    },
  })
  await told.promise
  const data = lastOf(await job.run(['status', '--json']))
  expect(data.running).toMatchObject({
    pid: child.pid,
    host: hostname(),
    progress: { completed: 1, inFlight: 1 },
  })
  const { stdout } = await job.run(['status'])
  expect(stdout).toContain(`A run is active: process ${child.pid} on `)
  expect(stdout).toContain('1 of 2 objects (50 %): 1 copied')
  hold.release()
  expectExit(await done, 0)
  expect(lastOf(await job.run(['status', '--json'])).running).toBeNull()
})

test('a killed run is not shown as in progress', async () => {
  const job = await failedJob()
  const live = { pid: child(), host: hostname(), updatedAt: new Date().toISOString() }
  writeFileSync(join(job.env.LAGOON_DATA_DIR!, 'live.json'), JSON.stringify(live))
  expect(lastOf(await job.run(['status', '--json'])).running).toBeNull()
})

/** The id of a process that has ended. */
function child(): number {
  return spawnSync(process.execPath, ['-e', '']).pid
}

test('status of an unused directory says so and creates nothing', async () => {
  const cwd = temporaryDirectory()
  const result = await runCli({ args: ['status', '--data-dir', 'nothing'], cwd })
  expect(result).toMatchObject({ code: 0, stdout: 'No run has used nothing yet.\n' })
  expect(() => readFileSync(join(cwd, 'nothing'))).toThrow('ENOENT')
})

test('failures are counted by class and code, and listed one by one', async () => {
  const job = await failedJob()
  const result = await job.run(['failures', '--json'])
  expect(lastOf(result)).toEqual({
    type: 'failures',
    exists: true,
    recorded: 3,
    total: 3,
    byClass: { missing: 2, row: 1 },
    byCode: { NoSuchKey: 2, LAGOON_MANIFEST_KEY_NULL: 1 },
  })
  expect(result.events().slice(0, -1)).toMatchObject([
    { type: 'failure', key: 'data/gone', class: 'missing', code: 'NoSuchKey' },
    { type: 'failure', key: 'data/\u001b[2Jgone', class: 'missing' },
    { type: 'failure', key: '', class: 'row' },
  ])
  const { stdout } = await job.run(['failures', '--limit', '2'])
  expect(stdout).toMatch(/^3 failures\.\n\nBy class\n +2 {2}missing\n +1 {2}row\n/)
  expect(stdout).toContain('data/\\x1b[2Jgone')
  expect(stdout).toContain('and 1 more')
  expect(stdout).not.toContain('Retry only these')
  expect(stdout).toContain('Restore the missing objects at the source')
  expect(stdout).not.toContain('\u001b')
})

test.each([
  [['--class', 'row'], 1],
  [['--code', 'NoSuchKey'], 2],
  [['--manifest', 'manifest/1.parquet'], 1],
  [['--class', 'MISSING', '--manifest', 'manifest/2.parquet'], 1],
  [['--code', 'AccessDenied'], 0],
])('failures %j are %d', async (args, total) => {
  const job = await failedJob()
  expect(lastOf(await job.run(['failures', '--json', ...args]))).toMatchObject({ total })
})

test('failures --retry retries recorded failures, all or filtered, with the summary and codes of a sync', async () => {
  const job = await failedJob()
  await job.putObjects(['data/gone'])
  const other = await job.run(['failures', '--retry', '--json', '--class', 'permanent'])
  expectExit(other, 0)
  expect(lastOf(other)).toMatchObject({ type: 'summary', completed: 0, skipped: 0, failed: 0 })
  const result = await job.run(['failures', '--retry', '--json', '--code', 'NoSuchKey'])
  expectExit(result, 3)
  expect(result.events().at(-1)).toMatchObject({ type: 'summary', completed: 1, failed: 1, missing: 1 })
  expect(job.copied()).toContain('data/gone')
  expect(lastOf(await job.run(['failures', '--json']))).toMatchObject({ total: 2 })
  // Objects are asked for, and no manifest.
  const asked = job.source.requests.records.filter(({ operation }) => operation === 'GetObject')
  expect(
    asked
      .slice(-2)
      .map(({ key }) => key)
      .sort(),
  ).toEqual(['data/\u001b[2Jgone', 'data/gone'])

  const shown = await job.run(['failures', '--retry', '--report', 'again.jsonl'])
  expectExit(shown, 3)
  expect(shown.stdout).not.toContain('Try again')
  expect(shown.stdout).toContain('Restore the missing objects at the source')
  expect(shown.stdout).toContain('Show what failed and why: lagoon failures\n')
  expect(shown.stdout).toContain('Report of this run: again.jsonl')
  const both = await job.run(['failures', '--retry', '--export', 'x.jsonl'])
  expectExit(both, 2)
  expect(both.stderr).toContain('--retry and --export cannot be combined')
})

test('failures are exported as rows of a report', async () => {
  const job = await failedJob()
  expectExit(await job.run(['failures', '--export', 'failed.jsonl']), 0)
  const rows = readFileSync(join(job.directory, 'failed.jsonl'), 'utf8').trim().split('\n')
  expect(rows.map((row) => JSON.parse(row) as unknown)).toMatchObject([
    { key: 'data/gone', outcome: 'missing', code: 'NoSuchKey' },
    { key: 'data/\u001b[2Jgone', outcome: 'missing' },
    { key: '', outcome: 'failed' },
  ])
})

test('manifest inspect shows every manifest under the prefix, and the reason of broken ones', async () => {
  const job = await failedJob()
  await job.source.store.put('lake', 'manifest/3.parquet', 'torn')
  const result = await job.run(['manifest', 'inspect', '--json'])
  expectExit(result, 3)
  expect(result.events()).toMatchObject([
    {
      type: 'manifest',
      key: 'manifest/1.parquet',
      description: { keyColumn: 'uri', rows: 2, columns: [{ path: 'uri' }] },
      problem: null,
    },
    { type: 'manifest', key: 'manifest/2.parquet', description: { rows: 3 }, problem: null },
    {
      type: 'manifest',
      key: 'manifest/3.parquet',
      description: null,
      problem: { code: expect.stringContaining('LAGOON_MANIFEST_') },
    },
    { type: 'manifests', manifests: 3, unreadable: 1, rows: 5 },
  ])
})

test('manifest inspect of one manifest shows its columns, its first keys and unusable rows', async () => {
  const job = await failedJob()
  const { code, stdout } = await job.run(['manifest', 'inspect', 'manifest/2.parquet', '--every-row'])
  expect(code).toBe(0)
  expect(stdout).toContain('3 rows in 1 row group (UNCOMPRESSED), keys in column uri')
  expect(stdout).toContain('    data/b\n    data/\\x1b[2Jgone\n    row 2: ')
  expect(stdout).toContain('(LAGOON_MANIFEST_KEY_NULL)')
})

test('manifest inspect lists the columns of a manifest that needs --manifest-column', async () => {
  const job = await failedJob()
  const schema = { one: { type: 'UTF8' }, two: { type: 'UTF8' } } as const
  await job.putManifest('other/m.parquet', [{ one: 'a', two: 'b' }], schema)
  const { code, stdout } = await job.run(['manifest', 'inspect', 'other/m.parquet', 'other/none.parquet'])
  expect(code).toBe(3)
  expect(stdout).toContain('columns: one STRING, two STRING')
  expect(stdout).toContain('(LAGOON_MANIFEST_COLUMN_AMBIGUOUS)')
  expect(stdout).toContain('(LAGOON_TRANSFER_OBJECT_MISSING)')
})

test.each([[['data/a']], [['--key', 'data/a']], [['--key', 'data/nothing', '--key=data/a']]])(
  'state forget %j: the object is copied again, and nothing else',
  async (args) => {
    const job = await failedJob()
    expectExit(await job.run(['state', 'forget', ...args]), 0)
    const again = await job.run(['--json'])
    expectExit(again, 3)
    expect(summaryOf(again)).toMatchObject({ completed: 1, skipped: 1, failed: 3 })
  },
)

test('state forget reports unknown keys, and finished manifests stay finished', async () => {
  const job = await failedJob()
  const { stdout } = await job.run(['state', 'forget', 'data/typo'])
  expect(stdout).toMatch(/^Nothing forgotten: .* has no record of the given keys or manifests\.\n$/)
  expect(lastOf(await job.run(['status', '--json']))).toMatchObject({
    counts: { complete: 2, failed: 3, manifestsFinished: 2 },
  })
})

test('state forget needs an argument, and creates no directory', async () => {
  const cwd = temporaryDirectory()
  const result = await runCli({ args: ['state', 'forget'], cwd })
  expect(result.code).toBe(2)
  expect(result.stderr).toMatch(/^lagoon: state forget needs keys, manifests or --failed\. /)
})

test('a compacted state contains the same', async () => {
  const job = await failedJob()
  const before = lastOf(await job.run(['status', '--json'])).counts
  expect(lastOf(await job.run(['state', 'compact', '--json']))).toMatchObject({ type: 'compacted' })
  expect(lastOf(await job.run(['status', '--json'])).counts).toEqual(before)
})

test('a state in use is neither compacted nor changed: exit 4', async () => {
  const job = await sandboxJob()
  await job.putObjects(['data/a'])
  await job.putKeys('manifest/1.parquet', ['data/a'])
  const hold = job.source.hold({ operation: 'GetObject', key: 'data/a' })
  const { done } = job.start()
  await hold.arrived()
  for (const args of [
    ['state', 'compact'],
    ['state', 'forget', 'data/a'],
  ]) {
    const result = await job.run(args)
    expectExit(result, 4)
    expect(result.stderr).toContain('(LAGOON_STATE_LOCKED)')
  }
  hold.release()
  expectExit(await done, 0)
})

test('no failures in an unused directory, or none shown, differs from no failures', async () => {
  const job = await failedJob()
  const unused = await job.run(['failures', '--data-dir', 'elsewhere'])
  expect(unused.stdout).toBe('No run has used elsewhere yet.\n')
  expect(lastOf(await job.run(['failures', '--json', '--data-dir', 'elsewhere']))).toMatchObject({
    exists: false,
    total: 0,
  })
  const others = await job.run(['failures', '--code', 'AccesDenied'])
  expect(others.stdout).toBe('3 failures in total, none with this class, code and manifest.\n')
  expect(lastOf(await job.run(['failures', '--json', '--code', 'AccesDenied']))).toMatchObject({
    exists: true,
    recorded: 3,
    total: 0,
  })
})

test('completion scripts call the program, and the shells accept them', async () => {
  for (const shell of ['bash', 'zsh', 'fish']) {
    const { code, stdout } = await runCli({ args: ['completion', shell] })
    expect(code).toBe(0)
    for (const word of ['--get-yargs-completions', 'lagoon-sync']) expect(stdout).toContain(word)
    completionShellSyntax(shell, stdout)
  }
})

test('an unknown shell is refused with the known ones', async () => {
  const { code, stderr } = await runCli({ args: ['completion', 'fihs'] })
  expect(code).toBe(2)
  expect(stderr).toContain('Allowed: bash, zsh, fish. Did you mean fish?')
})

test('status --follow ends immediately without a run', async () => {
  const directory = join(temporaryDirectory(), 'state')
  const { data, events, text } = await runInProcess(['status', '--follow', '--data-dir', directory])
  expect(data).toMatchObject({ type: 'status', exists: false, running: null })
  expect(events).toEqual([])
  expect(text).toContain('No run has used ')
})
