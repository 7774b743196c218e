import { mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { openLogFile } from '../src/output/log-file.js'
import { expectExit } from './support/expect-exit.js'
import { failureOf } from './support/failure-of.js'
import { runCli } from './support/run-cli.js'
import { sandboxJob } from './support/sandbox-job.js'
import { temporaryDirectory } from './support/temporary-directory.js'

test('a full log file is rotated, and a limited number of old ones is kept', () => {
  const directory = temporaryDirectory()
  const path = join(directory, 'run.log')
  const log = openLogFile({ path, maxBytes: 10, keep: 2 })
  for (const line of ['first-1\n', 'second-2\n', 'third-3\n', 'fourth-4\n']) log.write(line)
  log.close()
  expect(readdirSync(directory).sort()).toEqual(['run.log', 'run.log.1', 'run.log.2'])
  expect(['', '.1', '.2'].map((end) => readFileSync(path + end, 'utf8'))).toEqual([
    'fourth-4\n',
    'third-3\n',
    'second-2\n',
  ])
})

test('the next run appends to a log file', () => {
  const path = join(temporaryDirectory(), 'run.log')
  for (const line of ['a\n', 'b\n']) {
    const log = openLogFile({ path })
    log.write(line)
    log.close()
  }
  expect(readFileSync(path, 'utf8')).toBe('a\nb\n')
})

test('a log file that cannot be written is refused immediately', () => {
  const directory = temporaryDirectory()
  mkdirSync(join(directory, 'taken'))
  expect(failureOf(() => openLogFile({ path: join(directory, 'taken') }))).toMatchObject({
    code: 'LAGOON_CLI_FILE',
  })
})

test('--log-file contains the run as JSON lines, with its figures last', async () => {
  const job = await sandboxJob()
  await job.putObjects(['data/a'])
  await job.putKeys('manifest/m.parquet', ['data/a', 'data/gone'])
  expectExit(await job.run(['--log-file', 'run.log']), 3)
  const lines = readFileSync(join(job.directory, 'run.log'), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>)
  expect(lines).toContainEqual(
    expect.objectContaining({ level: 'warn', key: 'data/gone', code: 'NoSuchKey' }),
  )
  expect(lines.at(-1)).toMatchObject({ level: 'info', type: 'summary', completed: 1, failed: 1 })
})

test('--log-file contains the error that ended a command, --log-format json makes stderr JSON lines', async () => {
  const cwd = temporaryDirectory()
  const env = { LAGOON_SOURCE_BUCKET: 'a-b', LAGOON_DESTINATION_BUCKET: 'a-b', LAGOON_MAX_ATTEMTS: '1' }
  const { code, stderr } = await runCli({ args: ['--log-file', 'run.log', '--log-format', 'json'], cwd, env })
  expect(code).toBe(2)
  expect(JSON.parse(stderr.split('\n')[0]!)).toMatchObject({
    level: 'warn',
    msg: expect.stringContaining('LAGOON_MAX_ATTEMTS'),
  })
  const last = readFileSync(join(cwd, 'run.log'), 'utf8').trim().split('\n').at(-1)!
  expect(JSON.parse(last)).toMatchObject({ level: 'error', code: 'LAGOON_TRANSFER_SAME_BUCKET' })
})
