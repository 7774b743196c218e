import { STATUS_CODES, type ServerResponse } from 'node:http'
import type { FaultAction } from './fault-rule.js'

/** Sends interim responses until all were sent, or `over` resolves. */
export async function sendInterim(
  response: ServerResponse,
  { status = 102, count = Number.POSITIVE_INFINITY, everyMs }: FaultAction & { type: 'interim' },
  over: Promise<void>,
): Promise<void> {
  for (let sent = 0; sent < count && !response.destroyed; sent++) {
    response.socket?.write(`HTTP/1.1 ${status} ${STATUS_CODES[status] ?? 'Interim'}\r\n\r\n`)
    await pause(everyMs, over)
  }
}

/** Sends a head slowly, below HTTP: what follows must be written below HTTP, too. The connection closes after the response. */
export async function dripHead(
  response: ServerResponse,
  status: number,
  headers: Readonly<Record<string, string | number>>,
  action: FaultAction & { type: 'drip' },
  over: Promise<void>,
): Promise<void> {
  const lines = Object.entries({ ...headers, connection: 'close' }).map(
    ([name, value]) => `${name}: ${value}\r\n`,
  )
  const end = action.endless ? '' : '\r\n'
  const head = `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\n${lines.join('')}${end}`
  const drips = dripped([Buffer.from(head, 'latin1')], action, over, (index) =>
    Buffer.from(`x-drip-${index}: drip\r\n`),
  )
  for await (const drip of drips) {
    if (response.destroyed) return
    response.socket?.write(drip)
  }
}

/** Passes a body on slowly, and continues with blanks after its end if it is endless. */
export async function* dripped(
  body: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  { bytes = 1, everyMs, endless }: FaultAction & { type: 'drip' },
  over: Promise<void>,
  filler: (index: number) => Uint8Array = () => Buffer.from(' '),
): AsyncGenerator<Uint8Array, void, undefined> {
  const client = { gone: false }
  over.then(
    () => (client.gone = true),
    () => {},
  )
  for await (const chunk of body) {
    for (let at = 0; at < chunk.length && !client.gone; at += bytes) {
      yield chunk.subarray(at, at + bytes)
      await pause(everyMs, over)
    }
  }
  if (!endless) return
  for (let index = 0; !client.gone; index++) {
    yield filler(index)
    await pause(everyMs, over)
  }
}

async function pause(ms: number, over: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const passed = new Promise<void>((resolve) => (timer = setTimeout(resolve, ms)))
  await Promise.race([passed, over])
  clearTimeout(timer)
}
