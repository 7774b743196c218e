import { copyByThreads } from './support/test-copier.js'

/** Several threads write down the same fault matrix as one. */
copyByThreads(2)

await import('./fault-matrix.sandbox.test.js')
