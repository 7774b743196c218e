import { copyByThreads } from './support/run-cli.js'

/** Whole runs, stopped, killed and resumed, come to the same with several threads as with one. */
copyByThreads(2)

await import('./end-to-end.store.test.js')
