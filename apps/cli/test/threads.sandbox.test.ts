import { afterAll, vi } from 'vitest'

/** Signals do to several threads what they do to one. Files of one process share modules: they are loaded again. */
vi.resetModules()
afterAll(() => void vi.resetModules())
const { copyByThreads } = await import('./support/run-cli.js')
copyByThreads(2)

await import('./cleanup.sandbox.test.js')
await import('./counts.sandbox.test.js')
await import('./signals.sandbox.test.js')
