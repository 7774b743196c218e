import { requestBodyFaults, withBodyFaults } from '../faults/body-faults.js'
import type { RequestRecord } from '../log/request-record.js'
import type { Shaper } from '../shape/shaper.js'
import type { Exchange } from './exchange.js'

/** A request's body as it comes off the wire: counted, no faster than the line, with the faults that apply. */
export function incomingBody(
  { message, record, applied, over }: Exchange,
  shaper: Shaper,
): AsyncIterable<Uint8Array> {
  // Anyone who stops reading early (a bad digest, a fault) still has something to answer: the connection stays.
  const received = counted(shaper.receive(message.iterator({ destroyOnReturn: false })), record)
  const faults = requestBodyFaults(applied)
  return faults.length === 0 ? received : withBodyFaults(received, faults, over)
}

async function* counted(
  body: AsyncIterable<Uint8Array>,
  record: RequestRecord,
): AsyncGenerator<Uint8Array, void, undefined> {
  for await (const chunk of body) {
    record.bytesReceived += chunk.length
    yield chunk
  }
}
