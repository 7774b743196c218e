import type { ProgressEvent } from '@lagoon/sync'
import { expect, test } from 'vitest'
import { createPlainProgress } from '../src/output/plain-progress.js'
import { beginRun, createProgressModel, updateProgressModel } from '../src/output/progress-model.js'
import { sandboxJob } from './support/sandbox-job.js'
import { progressEvent } from './support/progress-event.js'
import type { Output } from '../src/output/output.js'

const silent = { write: () => undefined } as unknown as Output

/** The seconds at which something was said. */
function told(events: readonly ProgressEvent[]): number[] {
  const model = createProgressModel()
  beginRun(model)
  const seconds: number[] = []
  const display = createPlainProgress(silent, model, ({ durationMs }) => seconds.push(durationMs / 1000))
  for (const event of events) {
    updateProgressModel(model, event)
    display.changed()
  }
  return seconds
}

const at = (second: number, more: Partial<ProgressEvent> = {}) =>
  progressEvent({ durationMs: second * 1000, ...more })

test('without a terminal a line is printed every ten seconds', () => {
  expect(told(Array.from({ length: 45 }, (_, second) => at(second + 1)))).toEqual([10, 20, 30, 40])
})

test('a process that was suspended prints no missed lines', () => {
  expect(told([at(9), at(31), at(32), at(40)])).toEqual([31, 40])
})

test('a waiting watch prints no line', () => {
  expect(told([at(11), at(25, { waitingUntil: '2026-01-01T00:00:00Z' }), at(31)])).toEqual([11, 31])
})

test('without a terminal the log is JSON lines, or text on request', async () => {
  const job = await sandboxJob()
  await job.putKeys('manifest/m.parquet', ['data/gone'])
  const { stderr } = await job.run()
  const lines = stderr
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>)
  expect(lines).toContainEqual(
    expect.objectContaining({ level: 'warn', key: 'data/gone', code: 'NoSuchKey' }),
  )
  const text = await job.run(['--log-format', 'text'])
  expect(text.stderr).toMatch(/^\[\d\d:\d\d:\d\d\] WARN: data\/gone: /m)
})
