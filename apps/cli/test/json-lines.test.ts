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

test('events are lines, and the last line is the last', () => {
  const { output, written } = outputWith(() => 0)
  const lines = createJsonLines(output)
  lines.event({ type: 'start', source: 'a\u009b' })
  lines.last({ type: 'summary' })
  expect(written).toEqual(['{"type":"start","source":"a\\u009b"}\n', '{"type":"summary"}\n'])
})

test('a reader that does not keep up costs events, said with their number, never the last line', () => {
  let pending = 0
  const { output, written } = outputWith(() => pending)
  const lines = createJsonLines(output)
  pending = 17 * 1024 * 1024
  lines.event({ type: 'progress' })
  lines.event({ type: 'progress' })
  lines.last({ type: 'summary' })
  expect(written.map((line) => JSON.parse(line) as unknown)).toEqual([
    {
      type: 'warning',
      code: 'LAGOON_CLI_EVENTS_DROPPED',
      message: '2 events were left out because stdout was not read fast enough',
    },
    { type: 'summary' },
  ])
})
