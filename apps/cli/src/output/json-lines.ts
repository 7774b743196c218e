import type { Output } from './output.js'
import { printableJson } from './printable.js'

/** Bytes that may wait for a slow reader before events are left out. */
const highWaterBytes = 16 * 1024 * 1024

export interface JsonLines {
  /** An event. Left out, and counted, while the reader is too far behind: a run never waits for its audience. */
  event(event: object): void
  /** The last line. Always written, after a warning that counts the events left out. */
  last(data: object): void
}

export function createJsonLines(output: Output): JsonLines {
  let dropped = 0
  return {
    event(event) {
      if (output.pendingBytes > highWaterBytes) dropped += 1
      else output.write(`${printableJson(event)}\n`)
    },
    last(data) {
      if (dropped > 0) {
        const message = `${dropped} events were left out because stdout was not read fast enough`
        output.write(`${printableJson({ type: 'warning', code: 'LAGOON_CLI_EVENTS_DROPPED', message })}\n`)
      }
      output.write(`${printableJson(data)}\n`)
    },
  }
}
