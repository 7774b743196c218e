import { defineConfig } from 'vitest/config'

/** What mutation testing runs: the tests of the law, the planner, the signer and the state's codec that need no process and no server. */
export default defineConfig({
  test: {
    include: [
      'packages/aimd/test/!(limit|permits|permits.property|simulator).test.ts',
      'packages/state-lmdb/test/{chunk,chunk-packer,chunk-reader,fingerprint,fingerprint-order,segment}.test.ts',
      'packages/state-lmdb/test/{failure-records,key-set,manifest-record,manifest-records,records,run,state}.test.ts',
      'packages/transfer/test/{hmac-sha256,plan-object,plan-object-limits,sign-request}.test.ts',
    ],
    testTimeout: 30_000,
  },
})
