import { startSandbox } from '@lagoon/s3-sandbox'
import { madeUpSize } from '../data/made-up-keys.js'
import type { SandboxRole } from './sandbox-role.js'

// Runs in a process of its own, so that the sandbox takes its turns beside the client and not inside the bench.
// Told what to do by its first argument; says where it listens; ends when its parent goes.
const options = JSON.parse(process.argv[2]!) as SandboxRole
const sandbox = await startSandbox({
  logSize: 0,
  keepBytes: options.keepBytes,
  ...(options.tls ? { tls: options.tls } : {}),
  ...(options.makesObjectsUp ? { madeUp: (_bucket, key) => madeUpSize(key) } : {}),
})
process.on('message', (message: { shaped: boolean }) => {
  sandbox.setShape(message.shaped ? options.shape : {})
  process.send?.({ shaped: message.shaped })
})
process.on('disconnect', () => process.exit(0))
// The parent decides when to end: a Ctrl-C at a terminal reaches every process.
process.on('SIGINT', () => {})
process.send?.({ url: sandbox.url, region: sandbox.region })
