import { copyByThreads } from './support/test-copier.js'

/** Several threads end as one does, whatever the fault. Each fault hits one of the ways of copying. */
copyByThreads(2)

await import('./fault-matrix.sandbox.test.js')
