import { copyByThreads } from './support/run-cli.js'

/** Signals do to several threads what they do to one. */
copyByThreads(2)

await import('./cleanup.test.js')
await import('./counts.test.js')
await import('./signals.test.js')
