import { copyByThreads } from './support/test-copier.js'

/** The suites of a copier between real stores hold for several threads as they do for one. */
copyByThreads(2)

await import('./copier.store.test.js')
await import('./copy-large-object.store.test.js')
await import('./odd-keys.store.test.js')
await import('./overwrite.store.test.js')
await import('./store-copy.store.test.js')
await import('./verification.store.test.js')
