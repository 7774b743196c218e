import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { twoStores, type TwoStores } from './two-stores.js'

const copied = (stores: TwoStores): string[] => stores.destination.store.keys('lake').sort()
const bodies = (...keys: string[]) => Object.fromEntries(keys.map((key) => [key, key]))
const fixture = (name: string): Promise<Buffer> =>
  readFile(fileURLToPath(new URL(`../../manifest/test/fixtures/${name}`, import.meta.url)))

it('reports unread files under the prefix, and reads Parquet with any name', async () => {
  await using stores = await twoStores()
  await stores.objects(bodies('a', 'b', 'gone'))
  await stores.manifest('manifest/a.parquet', [{ key: 'a' }])
  await stores.manifest('manifest/20260101_athena', [{ key: 'b' }])
  await stores.manifest('manifest/_delta_log/1.checkpoint.parquet', [{ key: 'gone' }])
  await stores.objects({ 'manifest/_SUCCESS': '', 'manifest/notes.txt': 'read me' })
  const { summary, events } = await stores.run({})
  expect(summary).toMatchObject({ completed: 2, failed: 0, manifests: { completed: 2, failed: 0 } })
  expect(copied(stores)).toEqual(['a', 'b'])
  expect(events.filter(({ type }) => type === 'warning')).toEqual([
    {
      type: 'warning',
      code: 'LAGOON_SYNC_FILES_LEFT_OUT',
      message:
        'not read as manifests: 2 hidden files (_SUCCESS, _delta_log/) and 1 file without Parquet (manifest/notes.txt)',
      hint: expect.stringContaining('Delta table') as string,
    },
  ])
})

it('copies only the latest version of an inventory’s data file under the prefix, whatever the order of rows', async () => {
  await using stores = await twoStores()
  const bytes = await fixture('pyarrow-versions-text.parquet')
  const { keys } = JSON.parse((await fixture('pyarrow-versions-text.json')).toString()) as { keys: string[] }
  await stores.objects({ ...bodies('gone'), 'manifest/inventory.parquet': bytes })
  const { summary, events } = await stores.run({ dryRun: true })
  expect(summary).toMatchObject({ planned: keys.length, failed: 0 })
  expect(events).toContainEqual(expect.objectContaining({ type: 'totals', final: true, rows: null }))
})

it('fails rows that name a second version, so that the order of rows does not decide', async () => {
  await using stores = await twoStores()
  await stores.objects({ ...bodies('a', 'b'), 'lists/keys.csv': 'key,version_id\na,\nb,\na,v2\n' })
  const { summary, events } = await stores.run({ manifests: ['lists/keys.csv'] })
  expect(summary).toMatchObject({ completed: 2, failed: 1, missing: 0 })
  expect(events).toContainEqual(
    expect.objectContaining({ type: 'failure', row: 2, code: 'LAGOON_MANIFEST_KEY_SEVERAL_VERSIONS' }),
  )
})

it('refuses the symlink.txt of an inventory instead of copying the inventory', async () => {
  await using stores = await twoStores()
  const uri = 's3://lake/inventory/data/12345678-1234-1234-1234-123456789abc.parquet'
  await stores.objects({
    'hive/dt=2026-01-01/symlink.txt': `${uri}\n`,
    [uri.slice('s3://lake/'.length)]: 'PAR1',
  })
  const { summary, events } = await stores.run({ manifests: ['hive/dt=2026-01-01/symlink.txt'] })
  expect(summary).toMatchObject({ completed: 0, failed: 0, manifests: { failed: 1 } })
  expect(events).toContainEqual(
    expect.objectContaining({ status: 'failed', code: 'LAGOON_MANIFEST_UNSUPPORTED_FORMAT' }),
  )
  expect(copied(stores)).toEqual([])
})
