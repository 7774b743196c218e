import type { SyncEvent } from '@lagoon/sync'
import { expect, test } from 'vitest'
import type { LogLevel } from '../src/options/flag-values.js'
import { createLogger } from '../src/output/logger.js'
import { createRunLog, failuresShownPerCode } from '../src/output/run-log.js'

const linesOf = async (level: LogLevel, events: readonly SyncEvent[]) => {
  const lines: string[] = []
  const log = createRunLog(
    await createLogger({ level, format: 'text', color: false, write: (line) => lines.push(line) }),
  )
  for (const event of events) log.log(event)
  log.close()
  return lines.map((line) => line.replace(/^\[\d\d:\d\d:\d\d\] /, ''))
}

const failure = (row: number, key = `k${row}`): Extract<SyncEvent, { type: 'failure' }> => ({
  type: 'failure',
  key,
  manifest: 'manifest/a.parquet',
  row,
  class: 'missing',
  code: 'NoSuchKey',
  message: 'the object is not at the source',
  attempts: 1,
})

test('a failure is a line with key, reason, code and place', async () => {
  expect(await linesOf('INFO', [failure(7)])).toEqual([
    'WARN: k7: the object is not at the source (NoSuchKey, manifest manifest/a.parquet row 7, 1 attempt)\n',
  ])
})

test('failures of one code are shown a few times and counted at the end; DEBUG shows all', async () => {
  const events = Array.from({ length: 20 }, (_, row) => failure(row))
  const lines = await linesOf('INFO', events)
  expect(lines).toHaveLength(failuresShownPerCode + 1)
  expect(lines.at(-1)).toBe('WARN: NoSuchKey: 20 failures, 5 of them shown\n')
  expect(await linesOf('DEBUG', events)).toHaveLength(21)
})

test('an unreadable manifest is named once, with its causes at DEBUG', async () => {
  const problem = { code: 'LAGOON_X', message: 'm.txt: does not unpack', hint: 'Write it again' }
  const causes = ['Error: unexpected end of file [Z_BUF_ERROR]']
  const failed: SyncEvent = {
    type: 'manifest',
    status: 'failed',
    key: 'm.txt',
    rows: null,
    ...problem,
    causes,
  }
  const line = 'ERROR: manifest m.txt: does not unpack. Write it again. (LAGOON_X)\n'
  expect(await linesOf('INFO', [failed])).toEqual([line])
  expect(await linesOf('DEBUG', [failed, { ...failure(7), causes }])).toEqual([
    line,
    'DEBUG: caused by: Error: unexpected end of file [Z_BUF_ERROR]\n',
    'WARN: k7: the object is not at the source (NoSuchKey, manifest manifest/a.parquet row 7, 1 attempt)\n',
    'DEBUG: caused by: Error: unexpected end of file [Z_BUF_ERROR]\n',
  ])
})

test('a dry run does not claim to copy or finish anything', async () => {
  const start = { type: 'start', run: 1, source: 'a/lake', destination: 'b/copy', dataDir: 'data' } as const
  const manifest = { type: 'manifest', status: 'completed', key: 'm.parquet', rows: 2 } as const
  expect(await linesOf('INFO', [{ ...start, dryRun: true }, manifest])).toEqual([
    'INFO: dry run from a/lake to b/copy, state in data\n',
    'INFO: manifest m.parquet read, 2 rows\n',
  ])
  expect(await linesOf('INFO', [{ ...start, dryRun: false }, manifest])).toEqual([
    'INFO: copying a/lake to b/copy, state in data\n',
    'INFO: manifest m.parquet finished, 2 rows\n',
  ])
})

test('a warning is logged once, with its count at the end', async () => {
  const warning: SyncEvent = { type: 'warning', code: 'LAGOON_X', message: 'store is slow', hint: 'Wait' }
  expect(await linesOf('INFO', [warning, warning, warning])).toEqual([
    'WARN: store is slow. Wait. (LAGOON_X)\n',
    'WARN: repeated 3 times: LAGOON_X store is slow\n',
  ])
})

test('the level selects what is logged', async () => {
  const events: SyncEvent[] = [
    { type: 'start', run: 1, source: 's', destination: 'd', dataDir: 'data', dryRun: false },
    { type: 'manifest', status: 'opened', key: 'm', rows: 3 },
    { type: 'manifest', status: 'completed', key: 'm', rows: 3 },
    {
      type: 'manifest',
      status: 'failed',
      key: 'n',
      rows: null,
      code: 'C',
      message: 'is not Parquet',
      hint: 'Look',
    },
    { type: 'decision', action: 'increase', limit: 48, previous: 16, reason: 'room' },
  ]
  expect(await linesOf('DEBUG', events)).toEqual([
    'INFO: copying s to d, state in data\n',
    'DEBUG: manifest m opened, 3 rows\n',
    'INFO: manifest m finished, 3 rows\n',
    'ERROR: manifest n: is not Parquet. Look. (C)\n',
    'DEBUG: concurrency 16 → 48, increase: room\n',
  ])
  expect(await linesOf('WARNING', events)).toHaveLength(1)
  expect(await linesOf('ERROR', [failure(1)])).toHaveLength(0)
})

test('no key brings a line break or an escape sequence into the log', async () => {
  const [line, ...rest] = await linesOf('INFO', [failure(1, 'evil\n\u001b[2Jkey')])
  expect(rest).toEqual([])
  expect(line).toContain('evil\\n\\x1b[2Jkey: the object')
})

test('as JSON a line has its fields, its level and a time', async () => {
  const lines: string[] = []
  const log = createRunLog(
    await createLogger({ level: 'INFO', format: 'json', color: false, write: (line) => lines.push(line) }),
  )
  log.log(failure(1, 'evil\u009bkey'))
  expect(lines).toHaveLength(1)
  expect(lines[0]).not.toContain('\u009b')
  expect(JSON.parse(lines[0]!)).toMatchObject({
    level: 'warn',
    time: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
    key: 'evil\u009bkey',
    code: 'NoSuchKey',
    msg: expect.stringContaining('NoSuchKey'),
  })
})
