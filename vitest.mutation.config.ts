import { defineConfig } from 'vitest/config'

/** What mutation testing runs: the tests of the law, the planner, the signer and the state's codec that need no process and no server. */
export default defineConfig({
  test: {
    include: [
      'packages/aimd/test/{adaptive,controller,seed,softness}.test.ts',
      'packages/state-lmdb/test/{chunk,chunk-reader,fingerprint,fingerprint-order,key-set,manifest-record,records,run,segment,state}.test.ts',
      'packages/transfer/test/{hmac-sha256,plan-object,plan-object-limits,sign-request}.test.ts',
    ],
    testTimeout: 30_000,
  },
})
