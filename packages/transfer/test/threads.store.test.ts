import { afterAll, vi } from 'vitest'

/** The suites of a copier between real stores hold for several threads as they do for one. Files of one process share modules: they are loaded again. */
vi.resetModules()
afterAll(() => void vi.resetModules())
const { copyByThreads } = await import('./support/test-copier.js')
copyByThreads(2)

await import('./copier.store.test.js')
await import('./copy-large-object.store.test.js')
await import('./odd-keys.store.test.js')
await import('./overwrite.store.test.js')
await import('./store-copy.store.test.js')
await import('./verification.store.test.js')
