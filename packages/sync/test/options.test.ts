import { createController } from '@lagoon/aimd'
import { expect, it } from 'vitest'
import { resolveOptions } from '../src/index.js'

const side = (bucket: string, endpointUrl?: string) => ({
  bucket,
  region: 'us-east-1',
  ...(endpointUrl === undefined ? {} : { endpointUrl }),
})
const options = { source: side('a'), destination: side('b'), dataDir: 'data' }

it('fills in the defaults of the contract', () => {
  expect(resolveOptions(options)).toMatchObject({
    manifestPrefix: 'manifest/',
    concurrency: { max: 1024 },
    maxAttempts: 5,
    throttleBudgetMs: 900_000,
    outage: { threshold: 3, patienceMs: 600_000, probeIntervalMs: 1000 },
    dryRun: false,
  })
})

it.each([
  ['a minimum above the maximum', { concurrency: { min: 20, max: 10 } }],
  ['a concurrency of zero', { concurrency: { fixed: 0 } }],
  ['a fixed number beside a law', { concurrency: { fixed: 4, controller: createController() } }],
  ['a broken number of attempts', { maxAttempts: 1.5 }],
  ['an empty bucket', { source: side('') }],
  ['to scan again all the time', { watchIntervalMs: 999 }],
  ['to scan again in a month', { watchIntervalMs: 30 * 86_400_000 }],
  ['to scan again at half a millisecond', { watchIntervalMs: 1000.5 }],
  ['to watch without copying', { watchIntervalMs: 1000, dryRun: true }],
  ['to take old versions of no inventory', { allVersions: true }],
  ['to watch manifests that are named', { watchIntervalMs: 1000, manifests: ['a.parquet'] }],
])('refuses %s', (_, wrong) => {
  expect(() => resolveOptions({ ...options, ...wrong })).toThrow(
    expect.objectContaining({ code: 'LAGOON_SYNC_INVALID_OPTION', reason: 'usage' }),
  )
})

it('refuses the same bucket of the same endpoint, however its address is written', () => {
  const source = side('lake', 'http://localhost:9000')
  expect(() =>
    resolveOptions({ ...options, source, destination: side('lake', 'http://localhost:9000/') }),
  ).toThrow(expect.objectContaining({ code: 'LAGOON_TRANSFER_SAME_BUCKET' }))
  expect(() => resolveOptions({ ...options, source: side('lake'), destination: side('lake') })).toThrow()
})

it('accepts a bucket of the same name at another endpoint', () => {
  const source = side('lake', 'http://localhost:9000')
  expect(() =>
    resolveOptions({ ...options, source, destination: side('lake', 'http://localhost:9001') }),
  ).not.toThrow()
})

it('accepts a second to a week between two scans', () => {
  for (const watchIntervalMs of [1000, 604_800_000])
    expect(resolveOptions({ ...options, watchIntervalMs })).toMatchObject({ watchIntervalMs })
})
