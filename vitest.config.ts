import { readFileSync, readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

/** Packages find each other's sources in tests, so that a single in-process test runs without a build: each export that is built names its source. */
const sources = readdirSync('packages').flatMap((directory) => {
  const { name, exports } = JSON.parse(readFileSync(`packages/${directory}/package.json`, 'utf8')) as {
    name: string
    exports: Record<string, string | { default: string }>
  }
  return Object.entries(exports).flatMap(([entry, target]) => {
    const built = typeof target === 'string' ? undefined : /^\.\/dist\/(.+)\.js$/.exec(target.default)?.[1]
    if (built === undefined) return []
    const source = fileURLToPath(new URL(`packages/${directory}/src/${built}.ts`, import.meta.url))
    return [{ find: new RegExp(`^${name}${entry.slice(1)}$`), replacement: source }]
  })
})
const resolve = { alias: sources }

/**
 * Three projects. `unit` is quick and needs nothing; `sandbox` (files named `*.sandbox.test.ts`) starts servers and processes of its
 * own, and browsers and databases that are installed; `store` (files named `*.store.test.ts`) is given two real
 * S3 servers by the testkit before its first file runs. All cores are theirs: ports, folders, buckets and users are a test's own.
 * Files share processes and their modules, which saves a second of each: a test that changes what outlives its file restores it.
 */
export default defineConfig({
  test: {
    // The data path, the state and the law are what nobody can look after by hand: their branches are counted.
    coverage: {
      provider: 'v8',
      include: ['packages/{aimd,manifest,state-lmdb,sync,transfer}/src/**/*.ts'],
      reporter: ['text-summary', 'json-summary', 'html'],
      reportsDirectory: 'artefacts/coverage',
      thresholds: {
        'packages/aimd/src/{*,law/*}.ts': { branches: 95 },
        'packages/state-lmdb/src/**/*.ts': { branches: 95 },
        'packages/transfer/src/**/*.ts': { branches: 95 },
      },
    },
    projects: [
      {
        resolve,
        test: {
          name: 'unit',
          include: ['{packages,apps,examples}/*/test/**/*.test.ts', 'scripts/test/**/*.test.ts'],
          exclude: ['**/*.{sandbox,store}.test.ts', '**/node_modules/**'],
          isolate: false,
          maxWorkers: '100%',
          sequence: { groupOrder: 0 },
          testTimeout: 60_000,
        },
      },
      {
        resolve,
        test: {
          name: 'sandbox',
          isolate: false,
          unstubEnvs: true,
          restoreMocks: true,
          maxWorkers: '100%',
          sequence: { groupOrder: 1 },
          include: [
            '{packages,apps,examples}/*/test/**/*.sandbox.test.ts',
            'scripts/test/**/*.sandbox.test.ts',
          ],
          exclude: ['**/node_modules/**'],
          testTimeout: 60_000,
        },
      },
      {
        resolve,
        test: {
          name: 'store',
          isolate: false,
          maxWorkers: '100%',
          sequence: { groupOrder: 1 },
          include: ['{packages,apps,examples}/*/test/**/*.store.test.ts'],
          exclude: ['**/node_modules/**'],
          globalSetup: ['packages/testkit/dist/vitest-setup.js'],
          testTimeout: 180_000,
          hookTimeout: 180_000,
        },
      },
    ],
  },
})
