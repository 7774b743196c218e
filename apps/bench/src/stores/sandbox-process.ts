import { startSandbox, type Shape } from '@lagoon/s3-sandbox'
import { madeUpSize } from './made-up.js'
import { readArgument } from './child.js'

/**
 * The options of a sandbox in a process of its own, which competes with the client like a real store instead of running inside the bench.
 */
export interface SandboxRole {
  shape: Shape
  /** Serves HTTPS with this key and certificate, PEM. */
  tls: { key: string; cert: string } | null
  /** Keys that contain a size name existing objects. */
  makesObjectsUp: boolean
  /** False discards what is written, except its size and digests. */
  keepBytes: boolean
}

const { shape, tls, makesObjectsUp, keepBytes } = readArgument<SandboxRole>()
const sandbox = await startSandbox({
  logSize: 0,
  keepBytes,
  ...(tls ? { tls } : {}),
  ...(makesObjectsUp ? { madeUp: (_bucket, key) => madeUpSize(key) } : {}),
})
process.on('message', (message: { shaped: boolean }) => {
  sandbox.setShape(message.shaped ? shape : {})
  process.send?.({ shaped: message.shaped })
})
process.send?.({ url: sandbox.url, region: sandbox.region })
