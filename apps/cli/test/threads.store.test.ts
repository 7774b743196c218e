import { afterAll, vi } from 'vitest'

/** Whole runs, stopped, killed and resumed, come to the same with several threads as with one. Files of one process share modules: they are loaded again. */
vi.resetModules()
afterAll(() => void vi.resetModules())
const { copyByThreads } = await import('./support/run-cli.js')
copyByThreads(2)

await import('./end-to-end.store.test.js')
