import { startSandbox, type Shape } from '@lagoon/s3-sandbox'
import { madeUpSize } from './made-up.js'
import { readArgument } from './child.js'

/** What a sandbox in its own process is told to be, so that it takes its turns beside the client and not inside the bench. */
export interface SandboxRole {
  shape: Shape
  /** Serves HTTPS with this key and certificate, PEM. */
  tls: { key: string; cert: string } | null
  /** Keys that say a size name objects that are there. */
  makesObjectsUp: boolean
  /** False forgets what is written, but its size and digests. */
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
