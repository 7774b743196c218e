import type { Output } from './output.js'
import { printableJson } from '../text/printable.js'

/** Bytes that may wait for a slow reader before events are dropped. */
const highWaterBytes = 16 * 1024 * 1024

export interface JsonLines {
  /** An event. Dropped, and counted, while the reader is too far behind: a run never waits for its audience. */
  event(event: object): void
  /** The last line. Always written, after a warning that counts the dropped events. */
  last(data: object): void
}

/** Lines of JSON on stdout, each with its `time` (RFC 3339, UTC) and the number of the `run`, null before one has begun. */
export function createJsonLines(output: Output, now = () => new Date()): JsonLines {
  let dropped = 0
  let run: number | null = null
  const write = (line: object) => {
    const { type, ...rest } = line as { type?: string; run?: number | null }
    if (type === 'start') run = rest.run ?? null
    output.write(`${printableJson({ type, time: now().toISOString(), run, ...rest })}\n`)
  }
  return {
    event(event) {
      if (output.pendingBytes > highWaterBytes) dropped += 1
      else write(event)
    },
    last(data) {
      if (dropped > 0) {
        const message = `${dropped} events were dropped because stdout was not read fast enough`
        write({ type: 'warning', code: 'LAGOON_CLI_EVENTS_DROPPED', message })
      }
      write(data)
    },
  }
}
