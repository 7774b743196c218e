import { expect, test } from 'vitest'
import { createJsonLines } from '../src/output/json-lines.js'
import type { Output } from '../src/output/output.js'

const outputWith = (pendingBytes: () => number) => {
  const written: string[] = []
  const output: Partial<Output> = {
    get pendingBytes() {
      return pendingBytes()
    },
    write: (text) => void written.push(text),
  }
  return { output: output as Output, written }
}

const now = () => new Date('2026-01-31T12:00:00Z')
const time = '2026-01-31T12:00:00.000Z'

test('events are lines with their time and their run, and the last line is the last', () => {
  const { output, written } = outputWith(() => 0)
  const lines = createJsonLines(output, now)
  lines.event({ type: 'listening' })
  lines.event({ type: 'start', run: 7, source: 'a\u009b' })
  lines.last({ type: 'summary' })
  expect(written).toEqual([
    `{"type":"listening","time":"${time}","run":null}\n`,
    `{"type":"start","time":"${time}","run":7,"source":"a\\u009b"}\n`,
    `{"type":"summary","time":"${time}","run":7}\n`,
  ])
})

test('a slow reader loses events, which are counted, but never the last line', () => {
  let pending = 0
  const { output, written } = outputWith(() => pending)
  const lines = createJsonLines(output, now)
  pending = 17 * 1024 * 1024
  lines.event({ type: 'progress' })
  lines.event({ type: 'progress' })
  lines.last({ type: 'summary' })
  expect(written.map((line) => JSON.parse(line) as unknown)).toEqual([
    {
      type: 'warning',
      time,
      run: null,
      code: 'LAGOON_CLI_EVENTS_DROPPED',
      message: '2 events were dropped because stdout was not read fast enough',
    },
    { type: 'summary', time, run: null },
  ])
})
