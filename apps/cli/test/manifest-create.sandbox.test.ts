import { localManifest, openManifest } from '@lagoon/manifest'
import { readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { expectExit } from './support/expect-exit.js'
import { sandboxJob } from './support/sandbox-job.js'
import { summaryOf } from './support/summary-of.js'

test('uploaded manifests of a bucket list everything but the manifests, for the next sync', async () => {
  const job = await sandboxJob()
  const keys = ['a', 'b/1', 'b/2 with space', 'c/ü', 'manifesto']
  await job.putObjects(keys)
  const created = await job.run(['manifest', 'create', '--json', '--upload', '--rows-per-file', '2'])
  expectExit(created, 0)
  expect(created.events().at(-1)).toMatchObject({
    type: 'created',
    rows: 5,
    refused: 0,
    manifests: [{ rows: 2 }, { rows: 2 }, { rows: 1 }],
  })
  expect(job.source.store.keys('lake', 'manifest/')).toHaveLength(3)
  const synced = await job.run(['--json'])
  expectExit(synced, 0)
  expect(summaryOf(synced)).toMatchObject({ completed: 5, manifests: { completed: 3 } })
  expect(job.copied()).toEqual(keys)
})

test('prefixes narrow the listing, and overlapping prefixes duplicate nothing', async () => {
  const job = await sandboxJob()
  await job.putObjects(['a/1', 'b/1', 'b/c/1', 'd/1'])
  const { code, stdout } = await job.run(['manifest', 'create', 'b/', 'b/c/', 'd/', '--output', 'out'])
  expect(code).toBe(0)
  expect(stdout).toMatch(/^3 objects, .* in 1 manifest:\n {2}out\/.*\.parquet {2}3 rows\n/)
  expect(stdout).toContain('repeat the command with --upload')
  expect(readdirSync(join(job.directory, 'out'))).toHaveLength(1)
  expect(job.source.store.keys('lake', 'manifest/')).toEqual([])
})

test('an empty bucket produces no manifest', async () => {
  const job = await sandboxJob()
  const { code, stdout } = await job.run(['manifest', 'create'])
  expect({ code, stdout }).toEqual({ code: 0, stdout: 'Nothing was found, so no manifest was written.\n' })
})

test('a key that no manifest can hold is skipped and reported, exit 3', async () => {
  const job = await sandboxJob()
  await job.putObjects(['a', 's3://lake/a'])
  const result = await job.run(['manifest', 'create', '--json'])
  expectExit(result, 3)
  expect(result.events().at(-1)).toMatchObject({ rows: 1, refused: 1 })
})

test('if no key is usable, that is reported in a few lines, not as an empty source', async () => {
  const job = await sandboxJob()
  writeFileSync(join(job.directory, 'keys.txt'), 's3://other/key\n'.repeat(1_000))
  const { code, stdout, stderr } = await job.run(['manifest', 'create', '--from', './keys.txt'])
  expect(code).toBe(3)
  expect(stdout).toBe('1,000 keys left out: no manifest can hold them, so none was written.\n')
  expect(stderr.match(/left out: row/g)).toHaveLength(20)
  expect(stderr).toContain('left out: 980 more')
})

test('an upload without permission names it, exit 2, and keeps the manifests', async () => {
  const job = await sandboxJob()
  await job.putObjects(['a'])
  job.source.faults.add({ operation: 'PutObject', action: { type: 'error', code: 'AccessDenied' } })
  const result = await job.run(['manifest', 'create', '--upload'])
  expectExit(result, 2)
  expect(result.stderr).toMatch(/"Action":"s3:PutObject".*\(LAGOON_CLI_UPLOAD_FAILED\)\n$/)
  expect(readdirSync(join(job.directory, 'manifest'))).toHaveLength(1)
})

test('--from makes manifests of a list with all its columns, and reports rows without a key', async () => {
  const job = await sandboxJob()
  await job.putObjects(['a', 'b'])
  const input = 'size,key,last_modified,destination_key\n1,a,2026-01-31T00:00:00Z,copies/a\n2,,,\n1,b,,\n'
  const created = await job.run(['manifest', 'create', '--from', '-', '--json', '--upload'], { input })
  expectExit(created, 3)
  expect(created.events().at(-1)).toMatchObject({ rows: 2, bytes: 2, refused: 1, manifests: [{ rows: 2 }] })
  expectExit(await job.run(['--modified-from', '2026-01-31', '--modified-before', '2026-02-01']), 0)
  expect(job.copied()).toEqual(['copies/a'])
  expectExit(await job.run([]), 0)
  expect(job.copied()).toEqual(['b', 'copies/a'])
})

test('--from a local list sends no request to the stores', async () => {
  const job = await sandboxJob()
  writeFileSync(join(job.directory, 'keys.txt'), 's3://lake/a\nb\n')
  const { code, stdout } = await job.run(['manifest', 'create', '--from', 'keys.txt'])
  expect(code).toBe(0)
  expect(stdout).toMatch(/^2 objects, /)
  expect(job.source.requests.records).toEqual([])
})

test.each([
  [['--from', 'keys.txt', 'a/'], 'LAGOON_CLI_CONFLICT'],
  [['--from', 'nowhere.txt'], 'LAGOON_MANIFEST_UNREADABLE'],
])('%j is refused by name', async (args, code) => {
  const job = await sandboxJob()
  const result = await job.run(['manifest', 'create', ...args])
  expectExit(result, 2)
  expect(result.stderr).toContain(code)
})

test('--only-new adds manifests to existing ones, whatever the source', async () => {
  const job = await sandboxJob()
  await job.putObjects(['a', 'b'])
  const args = ['manifest', 'create', '--only-new', '--upload', '--json']
  expect((await job.run(args)).events().at(-1)).toMatchObject({ rows: 2 })
  await job.putObjects(['c'])
  expect((await job.run(args)).events().at(-1)).toMatchObject({ rows: 1 })
  expect((await job.run(args)).events().at(-1)).toMatchObject({ rows: 0, manifests: [] })
  expect(job.source.store.keys('lake', 'manifest/')).toHaveLength(2)
  expectExit(await job.run([]), 0)
  expect(job.copied()).toEqual(['a', 'b', 'c'])
})

test('--order sorted writes rows by key, whatever the source, and leaves nothing else in the directory', async () => {
  const job = await sandboxJob()
  const keys = Array.from({ length: 5_000 }, (_, i) => `k${(i * 7_919) % 5_000}`)
  const args = ['manifest', 'create', '--from', '-', '--order', 'sorted', '--output', 'out', '--upload']
  expectExit(await job.run(args, { input: keys.join('\n') }), 0)
  expect(readdirSync(join(job.directory, 'out'))).toEqual(['manifest-00001.parquet'])
  const { store, ref } = await localManifest(join(job.directory, 'out', 'manifest-00001.parquet'))
  const found: (string | null)[] = []
  for await (const batch of (await openManifest(store, ref, { bucket: 'lake' })).batches())
    found.push(...batch.keys)
  expect(found).toEqual(keys.toSorted())
})

test('a bucket is listed by concurrent requests, each object once', async () => {
  const job = await sandboxJob()
  const keys = Array.from({ length: 3_000 }, (_, i) => `p/${i % 7}/${i}`)
  for (const key of keys) await job.source.store.put('lake', key, '')
  const result = await job.run(['manifest', 'create', '--json', '--output', 'out'])
  expectExit(result, 0)
  expect(result.events().at(-1)).toMatchObject({ rows: 3_000, bytes: 0 })
  expect(
    job.source.requests.records.filter(({ operation }) => operation === 'ListObjectsV2').length,
  ).toBeGreaterThan(4)
})

test('for a list without sizes no bytes are shown', async () => {
  const job = await sandboxJob()
  const { stdout } = await job.run(['manifest', 'create', '--from', '-'], { input: 'a\nb\n' })
  expect(stdout).toMatch(/^2 objects, in 1 manifest:\n/)
  const json = await job.run(['manifest', 'create', '--from', '-', '--json'], { input: 'a\nb\n' })
  expect(json.events().at(-1)).toMatchObject({ rows: 2, bytes: null })
})

test('a failing source leaves no partial manifest', async () => {
  const job = await sandboxJob()
  const rows = Array.from({ length: 100_000 }, (_, i) => `k${i},1`).join('\n')
  const input = `key,size\n${rows}\n"never closed\n`
  expectExit(await job.run(['manifest', 'create', '--from', '-', '--output', 'out'], { input }), 2)
  expect(readdirSync(join(job.directory, 'out'))).toEqual([])
})

test('new manifests can be inspected before an upload, without the stores', async () => {
  const job = await sandboxJob()
  expectExit(await job.run(['manifest', 'create', '--from', '-', '--output', 'out'], { input: 'a\nb\n' }), 0)
  job.source.requests.clear()
  const shown = await job.run(['manifest', 'inspect', './out/manifest-00001.parquet', './nowhere.parquet'])
  expectExit(shown, 3)
  expect(shown.stdout).toContain('2 rows in 1 row group (ZSTD), keys in column key')
  expect(shown.stdout).toContain('(LAGOON_MANIFEST_UNREADABLE)')
  expect(job.source.requests.records).toEqual([])
})
