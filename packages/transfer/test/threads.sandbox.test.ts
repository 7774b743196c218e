import { copyByThreads } from './support/test-copier.js'

/** The suites of a copier hold for several threads as they do for one. */
copyByThreads(2)

await import('./abandon-uploads.sandbox.test.js')
await import('./abort.sandbox.test.js')
await import('./answers-with-error-inside.sandbox.test.js')
await import('./broken-uploads.sandbox.test.js')
await import('./credentials.sandbox.test.js')
await import('./exactness.sandbox.test.js')
await import('./rate-cap.sandbox.test.js')
await import('./reaching-stores.sandbox.test.js')
await import('./read-back.sandbox.test.js')
await import('./region.sandbox.test.js')
await import('./bad-copies.sandbox.test.js')
