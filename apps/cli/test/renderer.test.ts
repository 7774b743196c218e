import type { SyncEvent } from '@lagoon/sync'
import { expect, test } from 'vitest'
import { createJsonLines } from '../src/output/json-lines.js'
import type { Output } from '../src/output/output.js'
import { createRenderer } from '../src/output/renderer.js'

const outputTo = (written: string[]): Output => {
  const output: Partial<Output> = {
    isTTY: false,
    pendingBytes: 0,
    columns: 80,
    write: (text) => void written.push(text),
  }
  return output as Output
}

const failure: Extract<SyncEvent, { type: 'failure' }> = {
  type: 'failure',
  key: 'a',
  manifest: 'manifest/a.parquet',
  row: 3,
  class: 'missing',
  code: 'NoSuchKey',
  message: 'the object is not at the source',
  attempts: 1,
}

test('under --json a watch reports a failure again only when it has changed', async () => {
  const events: string[] = []
  const log: string[] = []
  const renderer = await createRenderer({
    stdout: outputTo(events),
    stderr: outputTo(log),
    json: true,
    quiet: false,
    lines: createJsonLines(outputTo(events)),
    logLevel: 'INFO',
    logFormat: 'text',
    logFile: undefined,
    environment: {},
    redact: (text) => text,
  })
  const changed = { ...failure, code: 'AccessDenied', message: 'access denied' }
  const rounds: SyncEvent[] = [
    failure,
    { type: 'scanning', round: 2 },
    failure,
    { ...failure, row: 4 },
    changed,
  ]
  for (const event of rounds) renderer.event(event)
  const failures = events
    .map((line) => JSON.parse(line) as { type: string; row?: number; code?: string })
    .filter(({ type }) => type === 'failure')
  expect(failures.map(({ row, code }) => `${row} ${code}`)).toEqual([
    '3 NoSuchKey',
    '4 NoSuchKey',
    '3 AccessDenied',
  ])
  expect(log).toHaveLength(3)
  expect(renderer.model.failureCodes).toEqual(
    new Map([
      ['NoSuchKey', 2],
      ['AccessDenied', 1],
    ]),
  )
  renderer.close()
})
