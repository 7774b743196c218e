import { afterAll, vi } from 'vitest'

/** Several threads end as one does, whatever the fault. Each fault hits one of the ways of copying. Files of one process share modules: they are loaded again. */
vi.resetModules()
afterAll(() => void vi.resetModules())
const { copyByThreads } = await import('./support/test-copier.js')
copyByThreads(2)

await import('./fault-matrix.sandbox.test.js')
