import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { compareHeads } from '../src/verify/compare-heads.js'
import { expectExit } from './support/expect-exit.js'
import { sandboxJob } from './support/sandbox-job.js'

const a = 'a'.repeat(32)
const b = 'b'.repeat(32)

test.each([
  ['equal ETags', { sizeBytes: 1, etag: a }, { sizeBytes: 1, etag: a }, { same: true, by: 'etag' }],
  [
    'equal ETags of parts',
    { sizeBytes: 1, etag: `${a}-2` },
    { sizeBytes: 1, etag: `${a}-2` },
    { same: true, by: 'etag' },
  ],
  [
    'ETags of different parts',
    { sizeBytes: 1, etag: `${a}-2` },
    { sizeBytes: 1, etag: `${b}-3` },
    { same: true, by: 'size' },
  ],
  [
    'an ETag of parts and an MD5',
    { sizeBytes: 1, etag: `${a}-2` },
    { sizeBytes: 1, etag: b },
    { same: true, by: 'size' },
  ],
  [
    'different MD5',
    { sizeBytes: 1, etag: a },
    { sizeBytes: 1, etag: b },
    { code: 'LAGOON_CLI_VERIFY_ETAG_DIFFERS' },
  ],
  [
    'different sizes',
    { sizeBytes: 1, etag: a },
    { sizeBytes: 2, etag: a },
    { code: 'LAGOON_CLI_VERIFY_SIZE_DIFFERS' },
  ],
  ['no object', null, { sizeBytes: 2, etag: a }, { code: 'LAGOON_CLI_VERIFY_SOURCE_MISSING' }],
  ['no copy', { sizeBytes: 1, etag: a }, null, { code: 'LAGOON_CLI_VERIFY_DESTINATION_MISSING' }],
])('%s', (_, source, destination, verdict) => {
  expect(compareHeads(source, destination)).toMatchObject(verdict)
})

test('after a sync it is all there', async () => {
  const job = await sandboxJob()
  const keys = ['a', 'b', 'c']
  await job.putObjects(keys)
  await job.putManifest(
    'manifest/1.parquet',
    keys.map((uri) => ({ uri })),
  )
  expectExit(await job.run(), 0)
  const result = await job.run(['verify', '--json'])
  expectExit(result, 0)
  expect(result.events().at(-1)).toMatchObject({
    type: 'verification',
    same: 3,
    byEtag: 3,
    different: 0,
    manifests: { completed: 1, failed: 0 },
    interrupted: false,
  })
  const { stdout } = await job.run(['verify'])
  expect(stdout).toContain('It is all there.')
})

test('what is missing, differs, or cannot be asked for is said by key and code, with a report, exit 3', async () => {
  const job = await sandboxJob()
  const keys = ['changed', 'denied', 'gone', 'good', 'lost', 'short']
  await job.putObjects(keys)
  await job.putManifest('manifest/1.parquet', [...keys.map((uri) => ({ uri })), { uri: null }])
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
      LAGOON_CLI_VERIFY_ETAG_DIFFERS: 1,
      LAGOON_CLI_VERIFY_SIZE_DIFFERS: 1,
      LAGOON_CLI_VERIFY_DESTINATION_MISSING: 1,
      LAGOON_CLI_VERIFY_SOURCE_MISSING: 1,
      LAGOON_TRANSFER_ACCESS_DENIED: 1,
      LAGOON_MANIFEST_KEY_NULL: 1,
    },
    manifests: { completed: 1, failed: 1 },
  })
  const rows = readFileSync(join(job.directory, 'verify.jsonl'), 'utf8').trim().split('\n')
  expect(rows).toHaveLength(7)
  expect(job.destination.requests.byOperation.PutObject).toBe(6)
})

test('a signal ends a verification when what is in flight has been answered', async () => {
  const job = await sandboxJob()
  const keys = Array.from({ length: 30 }, (_, index) => `data/${index}`)
  await job.putObjects(keys)
  await job.putManifest(
    'manifest/1.parquet',
    keys.map((uri) => ({ uri })),
  )
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
