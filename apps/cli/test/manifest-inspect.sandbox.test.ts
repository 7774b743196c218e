import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { expectExit } from './support/expect-exit.js'
import { sandboxJob } from './support/sandbox-job.js'

test('a manifest is named as for sync: by key, in another bucket, by path', async () => {
  const job = await sandboxJob()
  await job.putObjects(['a', 'b'])
  expectExit(await job.run(['manifest', 'create', '--upload']), 0)
  const file = './manifest/manifest-00001.parquet'
  await job.source.store.createBucket('reports')
  await job.source.store.put('reports', 'all.parquet', readFileSync(join(job.directory, file)))
  const names = ['manifest/manifest-00001.parquet', 's3://lake/manifest/manifest-00001.parquet', file]
  const inspected = await job.run(['manifest', 'inspect', '--json', ...names, 's3://reports/all.parquet'])
  expectExit(inspected, 0)
  expect(inspected.events()).toMatchObject([
    { key: names[0], description: { rows: 2, firstKeys: ['a', 'b'] } },
    { key: names[0], description: { rows: 2 } },
    { key: join(job.directory, file), description: { rows: 2 } },
    { key: 's3://reports/all.parquet', description: { rows: 2, firstKeys: ['a', 'b'] } },
    { type: 'manifests', manifests: 4 },
  ])
})

test.each(['-', 's3://reports'])('%s cannot be inspected', async (name) => {
  const job = await sandboxJob()
  const { code, stderr } = await job.run(['manifest', 'inspect', name])
  expect(code).toBe(2)
  expect(stderr).toContain(name)
})
