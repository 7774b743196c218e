import { execFileSync, spawnSync } from 'node:child_process'
import { rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { expectExit } from './support/expect-exit.js'
import { sandboxJob, type SandboxJob } from './support/sandbox-job.js'
import { summaryOf } from './support/summary-of.js'
import { temporaryDirectory } from './support/temporary-directory.js'

const present = Array.from({ length: 100 }, (_, index) => `data/${index}`)
const missing = Array.from({ length: 3000 }, (_, index) => `gone/${index}/${'x'.repeat(400)}`)

/** Objects to copy, and rows whose failures take more room than the objects that are copied. */
async function roomyJob(): Promise<SandboxJob> {
  const job = await sandboxJob()
  await job.putObjects(present)
  const rows = missing.flatMap((uri, index) =>
    index % 30 === 0 ? [{ uri: present[index / 30]! }, { uri }] : [{ uri }],
  )
  await job.putManifest('manifest/1.parquet', rows)
  return job
}

test('a state that cannot grow stops the run with 5, reports why, and loses nothing', async () => {
  const job = await roomyJob()
  const stopped = await job.run(['--json', '--concurrency', '8'], { fileBlocks: 1200 })
  expectExit(stopped, 5)
  expect(stopped.stderr).toMatch(/lagoon: .*(LAGOON_STATE_(DISK_FULL|COMMIT_FAILED))/)
  expect(stopped.events().some(({ type }) => type === 'stopping')).toBe(true)
  const before = summaryOf(stopped)
  expect(before).toMatchObject({ interrupted: true, exitCode: 5 })
  expect(['disk-full', 'state']).toContain(before.reason)

  const resumed = await job.run(['--json'])
  expectExit(resumed, 3)
  expect(summaryOf(resumed)).toMatchObject({
    failed: missing.length,
    missing: missing.length,
    interrupted: false,
  })
  expect(job.copied()).toEqual([...present].sort())
})

/** A file system of so many megabytes, where this user may make one. */
function smallDisk(megabytes: number): string | null {
  const directory = temporaryDirectory()
  const mount = ['-t', 'tmpfs', '-o', `size=${megabytes}m`, 'tmpfs', directory]
  if (spawnSync('mount', mount, { stdio: 'ignore' }).status !== 0) return null
  onTestFinished(() => void execFileSync('umount', ['-l', directory]))
  return directory
}

test('a disk that fills up during a run stops it, and recorded objects are not copied again', async ({
  skip,
}) => {
  const disk = smallDisk(160)
  if (disk === null) skip('making a small file system needs root')
  const job = await sandboxJob()
  const keys = Array.from({ length: 60 }, (_, index) => `data/${String(index).padStart(2, '0')}`)
  const rows = keys.map((uri) => ({ uri }))
  await job.putObjects(keys)
  await job.putManifest('manifest/1.parquet', rows.slice(0, 30))
  const args = ['--json', '--concurrency', '1', '--data-dir', join(disk!, 'state')]
  expectExit(await job.run(args), 0)

  await job.putManifest('manifest/2.parquet', rows)
  const hold = job.source.hold({ operation: 'GetObject', key: 'data/40' })
  const { done } = job.start(args)
  await hold.arrived()
  const filler = join(disk!, 'filler')
  expect(() => writeFileSync(filler, Buffer.alloc(200 * 2 ** 20))).toThrow('ENOSPC')
  hold.release()
  const stopped = await done
  expectExit(stopped, 5)
  expect(stopped.stderr).toMatch(
    /lagoon: the disk that holds the data directory .*\(LAGOON_STATE_DISK_FULL\)/,
  )
  expect(summaryOf(stopped)).toMatchObject({
    skipped: 60,
    interrupted: true,
    reason: 'disk-full',
    exitCode: 5,
  })

  rmSync(filler)
  job.destination.requests.clear()
  const resumed = await job.run(args)
  expectExit(resumed, 0)
  const { completed, skipped } = summaryOf(resumed) as { completed: number; skipped: number }
  expect(completed + skipped).toBe(90)
  expect(skipped).toBeGreaterThanOrEqual(60)
  expect(job.destination.requests.byOperation.PutObject ?? 0).toBe(completed)
  expect(job.copied()).toEqual(keys)
})

test('a disk with less free space than a run needs is refused with 2 before anything is copied', async ({
  skip,
}) => {
  const disk = smallDisk(64)
  if (disk === null) skip('making a small file system needs root')
  const job = await sandboxJob()
  await job.putObjects(['a'])
  await job.putKeys('manifest/1.parquet', ['a'])
  const result = await job.run(['--data-dir', join(disk!, 'state')])
  expectExit(result, 2)
  expect(result.stderr).toMatch(/less than the minimum of .*\(LAGOON_STATE_DISK_FULL\)/)
  expect(job.copied()).toEqual([])
})

test.runIf(process.platform === 'linux')(
  'a report on a full disk is lost, and copying continues: exit 3',
  async () => {
    const job = await sandboxJob()
    const keys = Array.from({ length: 300 }, (_, index) => `data/${index}`)
    await job.putObjects(keys)
    await job.putKeys('manifest/1.parquet', keys)
    const report = join(job.directory, 'report.jsonl')
    symlinkSync('/dev/full', report)
    const result = await job.run(['--json', '--report', report])
    expectExit(result, 3)
    expect(result.stderr).toContain('the report is incomplete')
    expect(result.events().at(-1)).toMatchObject({
      completed: 300,
      failed: 0,
      reason: 'failures',
      reportLost: true,
    })
    expect(job.copied().length).toBe(300)
  },
)
