import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { expectExit } from './support/expect-exit.js'
import { sandboxJob } from './support/sandbox-job.js'

test('after a sync every object is at the destination', async () => {
  const job = await sandboxJob()
  const keys = ['a', 'b', 'c']
  await job.putObjects(keys)
  await job.putKeys('manifest/1.parquet', keys)
  expectExit(await job.run(), 0)
  const result = await job.run(['verify', '--json'])
  expectExit(result, 0)
  expect(result.events().at(-1)).toMatchObject({
    type: 'verification',
    same: 3,
    by: { etag: 3, checksum: 0, size: 0 },
    different: 0,
    manifests: { completed: 1, failed: 0 },
    interrupted: false,
  })
  const { stdout } = await job.run(['verify'])
  expect(stdout).toContain('Every object is at the destination.')
})

test('missing, different and unreadable objects are reported by key and code, in a report, exit 3', async () => {
  const job = await sandboxJob()
  const keys = ['changed', 'denied', 'gone', 'good', 'lost', 'short']
  await job.putObjects(keys)
  await job.putKeys('manifest/1.parquet', [...keys, null])
  await job.source.store.put('lake', 'manifest/torn.parquet', 'torn')
  expectExit(await job.run(), 3)
  await job.destination.store.put('copy', 'changed', 'CHANGED')
  await job.destination.store.put('copy', 'short', 's')
  job.destination.store.delete('copy', 'lost')
  job.source.store.delete('lake', 'gone')
  job.source.faults.add({ operation: 'HeadObject', key: 'denied', action: { type: 'answer', status: 403 } })
  const result = await job.run(['verify', '--json', '--report', 'verify.jsonl'])
  expectExit(result, 3)
  expect(result.events().at(-1)).toMatchObject({
    same: 1,
    different: 6,
    codes: {
      LAGOON_SYNC_VERIFY_ETAG_DIFFERS: 1,
      LAGOON_SYNC_VERIFY_SIZE_DIFFERS: 1,
      LAGOON_SYNC_VERIFY_DESTINATION_MISSING: 1,
      LAGOON_SYNC_VERIFY_SOURCE_MISSING: 1,
      AccessDenied: 1,
      LAGOON_MANIFEST_KEY_NULL: 1,
    },
    manifests: { completed: 1, failed: 1 },
  })
  const rows = readFileSync(join(job.directory, 'verify.jsonl'), 'utf8').trim().split('\n')
  expect(rows).toHaveLength(7)
  expect(job.destination.requests.byOperation.PutObject).toBe(6)
})

test('a signal ends a verification when requests in flight are answered', async () => {
  const job = await sandboxJob()
  const keys = Array.from({ length: 30 }, (_, index) => `data/${index}`)
  await job.putObjects(keys)
  await job.putKeys('manifest/1.parquet', keys)
  const hold = job.source.hold({ operation: 'HeadObject' })
  const { child, done } = job.start(['verify', '--json', '--concurrency', '4'], {
    onEvent(event) {
      if (event.type === 'stopping') hold.release()
    },
  })
  await hold.arrived(4)
  child.kill('SIGINT')
  const result = await done
  expectExit(result, 130)
  expect(result.events().at(-1)).toMatchObject({ different: 4, interrupted: true })
})

test('takes filters, named manifests and mapped keys like sync, and compares byte-exact keys', async () => {
  const job = await sandboxJob()
  const keys = ['in/a b', 'in/ä', 'in/a+b%20', 'in//x', 'in/skip.tmp']
  await job.putObjects(keys)
  await job.putKeys('lists/1.parquet', keys)
  const same = ['--manifest', 'lists/1.parquet', '--strip-prefix', 'in/', '--add-prefix', 'out/']
  const filter = ['--filter-regex', '(?<!tmp)$']
  expectExit(await job.run([...same, ...filter]), 0)
  expect(job.copied()).toContain('out//x')
  const result = await job.run(['verify', '--json', ...same, ...filter])
  expectExit(result, 0)
  expect(result.events().at(-1)).toMatchObject({ same: 4, different: 0 })
  const whole = await job.run(['verify', '--json', ...same])
  expectExit(whole, 3)
  expect(whole.events().at(-1)).toMatchObject({
    same: 4,
    codes: { LAGOON_SYNC_VERIFY_DESTINATION_MISSING: 1 },
  })
})

test('a key that appears twice is compared for each row, so that same + different is the number of rows', async () => {
  const job = await sandboxJob()
  await job.putObjects(['a', 'b'])
  await job.destination.store.put('copy', 'a', 'a')
  await job.putKeys('manifest/1.parquet', ['a', 'b', 'a', 'b', 'a'])
  const result = await job.run(['verify', '--json'])
  expectExit(result, 3)
  expect(result.events().at(-1)).toMatchObject({ same: 3, different: 2 })
})

test('compares checksums and metadata on request', async () => {
  const job = await sandboxJob()
  await job.source.store.put('lake', 'a', 'a', { headers: { 'content-type': 'text/plain' } })
  await job.destination.store.put('copy', 'a', 'a')
  await job.putKeys('manifest/1.parquet', ['a'])
  expectExit(await job.run(['verify', '--compare', 'checksum']), 0)
  const result = await job.run(['verify', '--json', '--compare', 'checksum,metadata'])
  expectExit(result, 3)
  expect(result.events().at(-1)).toMatchObject({ codes: { LAGOON_SYNC_VERIFY_METADATA_DIFFERS: 1 } })
  const wrong = await job.run(['verify', '--compare', 'checksums'])
  expectExit(wrong, 2)
  expect(wrong.stderr).toContain('Did you mean checksum?')
})

test('compares tags on request', async () => {
  const job = await sandboxJob()
  await job.source.store.put('lake', 'a', 'a', { tags: { team: 'lake' } })
  await job.destination.store.put('copy', 'a', 'a')
  await job.putKeys('manifest/1.parquet', ['a'])
  expectExit(await job.run(['verify']), 0)
  const lost = await job.run(['verify', '--json', '--compare', 'tags'])
  expectExit(lost, 3)
  expect(lost.events().at(-1)).toMatchObject({ codes: { LAGOON_SYNC_VERIFY_TAGS_DIFFER: 1 } })
  await job.destination.store.put('copy', 'a', 'a', { tags: { team: 'lake' } })
  expectExit(await job.run(['verify', '--compare', 'tags']), 0)
})

test('adapts the number in flight, or keeps it at --concurrency', async () => {
  const job = await sandboxJob()
  const keys = Array.from({ length: 50 }, (_, index) => `data/${index}`)
  await job.putObjects(keys)
  await job.putKeys('manifest/1.parquet', keys)
  const limits = async (args: string[]) => {
    const result = await job.run(['verify', '--json', ...args])
    return result.events().flatMap((event) => (event.type === 'progress' ? [event.limit] : []))
  }
  expect(new Set(await limits(['--concurrency', '7']))).toEqual(new Set([7]))
  expect((await limits(['--max-concurrency', '9'])).at(-1)).toBeLessThanOrEqual(9)
})
