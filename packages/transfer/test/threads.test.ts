import { copyByThreads } from './support/test-copier.js'

/** The suites of a copier hold for several threads as they do for one, and so does the fault matrix that they write down. */
copyByThreads(2)

await import('./abandon-uploads.test.js')
await import('./abort.test.js')
await import('./answers-with-error-inside.test.js')
await import('./broken-uploads.test.js')
await import('./credentials.test.js')
await import('./exactness.test.js')
await import('./fault-matrix.test.js')
await import('./rate-cap.test.js')
await import('./reaching-stores.test.js')
await import('./read-back.test.js')
await import('./region.test.js')
await import('./wrong-object.test.js')
