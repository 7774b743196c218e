import { expect, test } from 'vitest'
import { freePort } from '@lagoon/testkit'
import type { CliResult } from './support/run-cli.js'
import { expectExit } from './support/expect-exit.js'
import { sandboxJob } from './support/sandbox-job.js'

/** The one line on stderr of a program that ended with 2 and said nothing on stdout. */
const onlyLine = (result: CliResult): string => {
  expectExit(result, 2)
  expect(result.stdout).toBe('')
  expect(result.stderr.split('\n')).toHaveLength(2)
  return result.stderr
}

test.each(['source', 'destination'] as const)(
  'a wrong secret for the %s is reported in one line',
  async (side) => {
    const job = await sandboxJob()
    const result = await job.run([], {
      env: { [`LAGOON_${side.toUpperCase()}_SECRET_ACCESS_KEY`]: 'wrong-secret-value' },
    })
    expect(onlyLine(result)).toMatch(
      new RegExp(`^lagoon: ${side}: .*\\(LAGOON_TRANSFER_CREDENTIALS_REFUSED\\)\\n$`),
    )
    expect(result.stderr).not.toContain('wrong-secret-value')
  },
)

test.each(['source', 'destination'] as const)(
  'an unknown access key for the %s is reported in one line',
  async (side) => {
    const job = await sandboxJob()
    const result = await job.run([], { env: { [`LAGOON_${side.toUpperCase()}_ACCESS_KEY_ID`]: 'nobody' } })
    expect(onlyLine(result)).toMatch(
      new RegExp(`^lagoon: ${side}: .*\\(LAGOON_TRANSFER_CREDENTIALS_REFUSED\\)\\n$`),
    )
  },
)

test.each(['source', 'destination'] as const)('a missing bucket at the %s is named', async (side) => {
  const job = await sandboxJob()
  const result = await job.run([], { env: { [`LAGOON_${side.toUpperCase()}_BUCKET`]: 'not-there' } })
  expect(onlyLine(result)).toMatch(
    new RegExp(`^lagoon: ${side}: .*not-there.*\\(LAGOON_TRANSFER_BUCKET_MISSING\\)\\n$`),
  )
})

test.each(['source', 'destination'] as const)(
  'an unreachable %s is named with its endpoint',
  async (side) => {
    const job = await sandboxJob()
    const url = `http://127.0.0.1:${await freePort()}`
    const result = await job.run([], { env: { [`LAGOON_${side.toUpperCase()}_ENDPOINT_URL`]: url } })
    expect(onlyLine(result)).toMatch(
      new RegExp(`^lagoon: ${side}: .*${url}.*\\(LAGOON_TRANSFER_ENDPOINT_UNREACHABLE\\)\\n$`),
    )
    const debug = await job.run(['--log-level', 'DEBUG'], {
      env: { [`LAGOON_${side.toUpperCase()}_ENDPOINT_URL`]: url },
    })
    expect(debug.stderr).toMatch(/caused by: .*ECONNREFUSED/)
  },
)

test('a clock that the store refuses is named as the reason', async () => {
  const job = await sandboxJob({ source: { now: () => Date.now() + 3_600_000 } })
  expect(onlyLine(await job.run())).toMatch(/^lagoon: source: .*clock.*\(LAGOON_TRANSFER_CLOCK_SKEW\)\n$/i)
})

test('the same bucket on both sides is refused before any request', async () => {
  const job = await sandboxJob()
  const env = { LAGOON_DESTINATION_ENDPOINT_URL: job.source.url, LAGOON_DESTINATION_BUCKET: 'lake' }
  expect(onlyLine(await job.run([], { env }))).toMatch(
    /^lagoon: source and destination are the same bucket 'lake' at /,
  )
  expect(job.source.requests.total).toBe(0)
})

test('without a manifest the warning names prefixes that have some, and the exit code is 0', async () => {
  const job = await sandboxJob()
  await job.putKeys('lists/a.parquet', ['x'])
  const result = await job.run(['--json'])
  expectExit(result, 0)
  expect(result.events()).toContainEqual(
    expect.objectContaining({
      type: 'warning',
      code: 'LAGOON_SYNC_NO_MANIFEST',
      hint: expect.stringContaining('lists/') as string,
    }),
  )
  expect(result.stderr).toContain('lists/')
})

test('an object without read permission fails alone, with exit 3', async () => {
  const job = await sandboxJob({
    source: {
      faults: [{ operation: 'GetObject', key: 'data/b', action: { type: 'error', code: 'AccessDenied' } }],
    },
  })
  await job.putObjects(['data/a', 'data/b', 'data/c'])
  await job.putKeys('manifest/m.parquet', ['data/a', 'data/b', 'data/c'])
  const result = await job.run(['--json'])
  expectExit(result, 3)
  expect(result.events().at(-1)).toMatchObject({ completed: 2, failed: 1, missing: 0 })
  expect(job.copied()).toEqual(['data/a', 'data/c'])
})
