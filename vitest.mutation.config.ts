import { defineConfig } from 'vitest/config'

/** What mutation testing runs: the tests of the law, the planner, the signer and the state's codec that need no process and no server. */
export default defineConfig({
  test: {
    include: [
      'packages/aimd/test/{adaptive,controller,seed}.test.ts',
      'packages/state-lmdb/test/{chunk,fingerprint,memtable,merge-policy,model,state}.test.ts',
      'packages/transfer/test/{plan-object,sign-request}.test.ts',
    ],
    testTimeout: 30_000,
  },
})
