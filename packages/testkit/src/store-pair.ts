import { inject } from 'vitest'
import './provided-context.js'
import type { StorePair } from './s3/store-endpoint.js'

/** The two servers of this test run. Only for test files of the project `store` (named `*.store.test.ts`). */
export function storePair(): StorePair {
  return inject('lagoon')
}
