import { connect, createServer, type AddressInfo, type Socket } from 'node:net'
import { once } from 'node:events'
import { readArgument } from './child.js'

export interface PathRole {
  /** The targets behind the path, `host:port` each. */
  targets: readonly { host: string; port: number }[]
  roundTripMs: number
}

/** Maximum bytes of a connection in one direction: the largest window that Linux grows to automatically. */
const windowBytes = 6 * 1024 * 1024

// A proxy per target that delays every byte by half a round trip in each direction, and the first ones of a connection by one more round
// trip, as its handshake would. It does not interpret the bytes, so TLS passes unchanged.
const { targets, roundTripMs } = readArgument<PathRole>()
const ports = targets.map(async (target) => {
  const server = createServer({ noDelay: true, allowHalfOpen: true }, (near) => {
    const far = connect({ ...target, noDelay: true, allowHalfOpen: true })
    const openAt = performance.now() + roundTripMs
    relay(near, far, openAt)
    relay(far, near, openAt)
    near.on('error', () => far.destroy())
    far.on('error', () => near.destroy())
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return (server.address() as AddressInfo).port
})
process.send?.(await Promise.all(ports))

function relay(from: Socket, to: Socket, openAt: number): void {
  const underWay: { due: number; chunk: Buffer | null }[] = []
  let held = 0
  let timer: NodeJS.Timeout | null = null
  // Node counts a timer from when its loop last woke, which can be long ago: whatever is not due yet waits for another timer.
  const wait = (): void => {
    if (timer !== null || underWay.length === 0) return
    timer = setTimeout(onTime, Math.max(0, underWay[0]!.due - performance.now()))
  }
  const onTime = (): void => {
    timer = null
    deliver()
    wait()
  }
  const deliver = (): void => {
    while (underWay.length > 0 && underWay[0]!.due <= performance.now()) {
      const { chunk } = underWay.shift()!
      if (chunk === null) {
        to.end()
        continue
      }
      held -= chunk.length
      if (to.writable) to.write(chunk)
    }
    if (held + to.writableLength < windowBytes) from.resume()
  }
  const send = (chunk: Buffer | null): void => {
    const now = performance.now()
    const due = Math.max(underWay.at(-1)?.due ?? 0, Math.max(now, openAt) + roundTripMs / 2)
    underWay.push({ due, chunk })
    wait()
    held += chunk?.length ?? 0
    if (held + to.writableLength >= windowBytes) from.pause()
  }
  from.on('data', send)
  from.on('end', () => send(null))
  to.on('drain', deliver)
}
