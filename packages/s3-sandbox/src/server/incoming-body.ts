import { requestBodyFaults, withBodyFaults } from '../faults/body-faults.js'
import type { RequestRecord } from '../log/request-record.js'
import type { Shaper } from '../shape/shaper.js'
import type { ServerExchange } from './exchange.js'

/** A request's body as received: counted, at the line's speed, with its faults. */
export function incomingBody(
  { message, record, applied, over }: ServerExchange,
  shaper: Shaper,
): AsyncIterable<Uint8Array> {
  // A handler that stops reading early (a bad digest, a fault) still responds: the connection stays open.
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
