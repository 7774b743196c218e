import { connect, createServer, type AddressInfo, type Socket } from 'node:net'
import { onTestFinished } from 'vitest'

export interface HoldingProxy {
  readonly url: string
  /** From now on not a byte comes back from the store; connections stay open. */
  hold(): void
  /** Lets everything flow again. */
  release(): void
}

/** A TCP proxy before a store that can make it silent: what is in flight stays in flight for as long as a test wants. */
export async function holdingProxy(storeUrl: string): Promise<HoldingProxy> {
  const { hostname, port } = new URL(storeUrl)
  const sockets = new Set<Socket>()
  const fromStore = new Set<Socket>()
  let held = false
  const server = createServer((client) => {
    const store = connect(Number(port), hostname)
    for (const [from, to] of [
      [client, store],
      [store, client],
    ] as const) {
      sockets.add(from)
      from.on('error', () => to.destroy())
      from.on('close', () => {
        sockets.delete(from)
        fromStore.delete(from)
        to.destroy()
      })
    }
    client.pipe(store)
    store.on('data', (chunk) => client.write(chunk))
    fromStore.add(store)
    if (held) store.pause()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    hold() {
      held = true
      for (const store of fromStore) store.pause()
    },
    release() {
      held = false
      for (const store of fromStore) store.resume()
    },
  }
}
