import { copyByThreads } from './support/run-cli.js'

/** Signals do to several threads what they do to one. */
copyByThreads(2)

await import('./cleanup.sandbox.test.js')
await import('./counts.sandbox.test.js')
await import('./signals.sandbox.test.js')
