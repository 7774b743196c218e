import { readFileSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { expectExit } from './support/expect-exit.js'
import { sandboxJob } from './support/sandbox-job.js'

test('a second process on the same data directory is refused with 4 and the holder', async () => {
  const job = await sandboxJob()
  await job.putObjects(['data/a'])
  await job.putKeys('manifest/m.parquet', ['data/a'])
  const hold = job.source.hold({ operation: 'GetObject', key: 'data/a' })
  const first = job.start(['--json'])
  await hold.arrived()
  const second = await job.run()
  expectExit(second, 4)
  expect(second.stdout).toBe('')
  expect(second.stderr).toMatch(/^lagoon: .*\(LAGOON_STATE_LOCKED\)\n$/)
  expect(second.stderr).toContain(String(first.child.pid))
  hold.release()
  expectExit(await first.done, 0)
  expectExit(await job.run(), 0)
})

test('a data directory that cannot be created is refused with 2 before anything is copied', async () => {
  const job = await sandboxJob()
  await job.putObjects(['data/a'])
  await job.putKeys('manifest/m.parquet', ['data/a'])
  const file = join(job.directory, 'file')
  writeFileSync(file, '')
  const result = await job.run(['--data-dir', join(file, 'state')])
  expectExit(result, 2)
  expect(result.stderr).toMatch(/^lagoon: .*\(LAGOON_STATE_UNWRITABLE\)\n$/)
  expect(job.copied()).toEqual([])
})

test('a data directory of another pair of buckets is refused with 2', async () => {
  const job = await sandboxJob({ destination: { buckets: ['copy', 'other'] } })
  await job.putObjects(['data/a'])
  await job.putKeys('manifest/m.parquet', ['data/a'])
  expectExit(await job.run(), 0)
  const file = join(job.directory, 'state', 'state.mdb')
  const before = readFileSync(file)
  const result = await job.run([], { env: { LAGOON_DESTINATION_BUCKET: 'other' } })
  expectExit(result, 2)
  expect(result.stderr).toMatch(/\(LAGOON_STATE_OTHER_JOB\)\n$/)
  expect(readFileSync(file).equals(before)).toBe(true)
})

test('a data directory of a newer release is refused with 2 by every command, and left unchanged', async () => {
  const job = await sandboxJob()
  await job.putObjects(['data/a'])
  await job.putKeys('manifest/m.parquet', ['data/a'])
  expectExit(await job.run(), 0)
  const file = join(job.directory, 'state', 'state.mdb')
  // LMDB keeps no checksums: the number of the format can be changed where it stands.
  const newer = Buffer.from(
    readFileSync(file, 'latin1').replaceAll('{"version":1,', '{"version":9,'),
    'latin1',
  )
  writeFileSync(file, newer)
  for (const args of [[], ['status'], ['failures'], ['state', 'compact'], ['state', 'forget', '--failed']]) {
    const result = await job.run(args)
    expectExit(result, 2)
    expect(result.stderr).toMatch(
      /has format 9; this release reads up to 1.*\(LAGOON_STATE_NEWER_VERSION\)\n$/,
    )
  }
  expect(readFileSync(file).equals(newer)).toBe(true)
})

test('a truncated state is refused with 2 and a hint', async () => {
  const job = await sandboxJob()
  const keys = Array.from({ length: 200 }, (_, index) => `gone/${index}`)
  await job.putKeys('manifest/m.parquet', keys)
  expectExit(await job.run(), 3)
  const file = join(job.directory, 'state', 'state.mdb')
  truncateSync(file, readFileSync(file).length - 65_536)
  const result = await job.run()
  expectExit(result, 2)
  expect(result.stderr).toMatch(/truncated.*Restore the directory.*\(LAGOON_STATE_CORRUPT\)\n$/)
})
