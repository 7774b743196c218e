import { afterAll, vi } from 'vitest'

/** The suites of a copier hold for several threads as they do for one. Files of one process share modules: they are loaded again. */
vi.resetModules()
afterAll(() => void vi.resetModules())
const { copyByThreads } = await import('./support/test-copier.js')
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
