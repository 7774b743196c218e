import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { readEvents, readLatencies } from '../src/run/read-events.js'

const lines = (...events: object[]) => events.map((event) => JSON.stringify(event)).join('\n')

test("the timeline and the summary are parsed from the product's events, and other lines are ignored", () => {
  const rates = { objectsPerSecond: 900, bytesPerSecond: 9e6 }
  const progress = { ...rates, inFlight: 30, limit: 32, completed: 900, bytes: 9e6, throttled: 2 }
  const { timeline, summary } = readEvents(
    lines(
      { type: 'start' },
      { type: 'progress', ...progress, durationMs: 1000 },
      { type: 'decision', action: 'increase', limit: 64, previous: 32, reason: 'ramp' },
      { type: 'summary', completed: 5, bytes: 50 },
    ) + '\nnot an event\n{"half',
  )
  expect(timeline.progress).toEqual([{ ...progress, timeMs: 1000 }])
  expect(timeline.decisions).toEqual([
    { timeMs: 1000, action: 'increase', limit: 64, previous: 32, reason: 'ramp' },
  ])
  expect(summary).toMatchObject({ completed: 5, bytes: 50 })
})

test('a run that was killed has no summary', () => {
  expect(readEvents('{"type":"start"}').summary).toBeNull()
})

test('latencies count copied objects only', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'lagoon-bench-test-'))
  const file = join(directory, 'report.jsonl')
  const copied = Array.from({ length: 101 }, (_, index) => ({ outcome: 'copied', durationMs: index }))
  await writeFile(file, lines(...copied, { outcome: 'failed', durationMs: 99_999 }))
  expect(await readLatencies(file)).toEqual({ objects: 101, p50Ms: 50, p90Ms: 90, p99Ms: 99, maxMs: 100 })
  expect(await readLatencies(join(directory, 'absent'))).toBeNull()
  await rm(directory, { recursive: true })
})
