import { gzipSync } from 'node:zlib'
import { expect, it } from 'vitest'
import type { SyncSummary } from '../src/index.js'
import { twoStores, type TwoStores } from './two-stores.js'

const bodies = (...keys: string[]) => Object.fromEntries(keys.map((key) => [key, key]))

/** A good manifest beside the bad one, which must be copied all the same. */
async function runBeside(
  stores: TwoStores,
  bad: string,
): Promise<{ summary: SyncSummary; failed: (string | undefined)[] }> {
  await stores.objects({ ...bodies('good'), 'lists/good.txt': 'good\n' })
  const { summary, events } = await stores.run({ manifests: [bad, 'lists/good.txt'] })
  const failed = events.flatMap((event) =>
    event.type === 'manifest' && event.status === 'failed' ? [event.code] : [],
  )
  return { summary, failed }
}

it.each<[what: string, name: string, text: string | Uint8Array, code: string]>([
  ['a quote that is never closed', 'a.csv', 'key,size\n"a,1\nb,2\n', 'LAGOON_MANIFEST_LIST_CORRUPT'],
  ['GZIP that is truncated', 'a.txt.gz', gzipSync('a\nb\n').subarray(0, -9), 'LAGOON_MANIFEST_LIST_CORRUPT'],
  ['GZIP that is damaged', 'a.txt.gz', gzipSync('a\nb\n').fill(0xff, 12), 'LAGOON_MANIFEST_LIST_CORRUPT'],
  ['no column of keys', 'a.csv', 'one,two,three\n1,2,3\n', 'LAGOON_MANIFEST_COLUMN_AMBIGUOUS'],
  ['nothing, under a Parquet name', 'a.parquet', '', 'LAGOON_MANIFEST_NOT_PARQUET'],
])('a list with %s is one failed manifest, and the others are copied', async (_, name, text, code) => {
  await using stores = await twoStores()
  await stores.objects({ [`lists/${name}`]: text })
  const { summary, failed } = await runBeside(stores, `lists/${name}`)
  expect(failed).toEqual([code])
  expect(summary).toMatchObject({ completed: 1, manifests: { completed: 1, failed: 1 } })
})

it.each<[what: string, name: string, text: string]>([
  ['a byte order mark', 'a.txt', '\ufeffa\nb\n'],
  ['a byte order mark before a header', 'a.csv', '\ufeffkey,size\na,1\nb,1\n'],
  ['mixed line ends, and none at the end', 'a.txt', 'a\r\n\n\r\nb'],
  ['mixed line ends after quotes', 'a.csv', 'size,key\r\n1,"a"\n1,"b"\r\n'],
])('a list with %s is read', async (_, name, text) => {
  await using stores = await twoStores()
  await stores.objects({ ...bodies('a', 'b'), [`lists/${name}`]: text })
  const { summary, failed } = await runBeside(stores, `lists/${name}`)
  expect(failed).toEqual([])
  expect(summary).toMatchObject({ completed: 3, failed: 0 })
})

it('rows with unescaped quotes fail individually, and the rest of their list is copied', async () => {
  await using stores = await twoStores()
  await stores.objects({ ...bodies('a', 'b'), 'lists/a.csv': 'key,size\na,1\n"un"escaped",2\nb,3\n' })
  const { summary, failed } = await runBeside(stores, 'lists/a.csv')
  expect(failed).toEqual([])
  expect(summary).toMatchObject({ completed: 3, failed: 1, manifests: { completed: 2, failed: 0 } })
})

it.each([
  ['of no bytes', ''],
  ['packed, of no bytes', gzipSync('')],
])('a list %s is one failed manifest, and the others are copied', async (_, list) => {
  await using stores = await twoStores()
  await stores.objects({ 'lists/a.txt': list })
  const { summary, failed } = await runBeside(stores, 'lists/a.txt')
  expect(failed).toEqual(['LAGOON_MANIFEST_LIST_CORRUPT'])
  expect(summary).toMatchObject({ completed: 1, manifests: { completed: 1, failed: 1 } })
})

it('a list with a header and no rows is finished', async () => {
  await using stores = await twoStores()
  await stores.objects({ 'lists/a.csv': 'key\n' })
  const { summary, failed } = await runBeside(stores, 'lists/a.csv')
  expect(failed).toEqual([])
  expect(summary).toMatchObject({ completed: 1, manifests: { completed: 2, failed: 0 } })
})

it('a manifest that is replaced during reading is one failed manifest; the next run reads the new one', async () => {
  await using stores = await twoStores()
  const keys = Array.from({ length: 20_000 }, (_, i) => ({ key: `missing/${i}-${Math.sin(i)}` }))
  await stores.objects({ ...bodies('a') })
  await stores.manifest('lists/a.parquet', keys, 5_000)
  const hold = stores.source.hold({ operation: 'GetObject', key: 'lists/a.parquet' })
  const running = runBeside(stores, 'lists/a.parquet')
  await hold.arrived()
  await stores.manifest('lists/a.parquet', [{ key: 'a' }])
  hold.release()
  const { summary, failed } = await running
  expect(failed).toEqual(['LAGOON_MANIFEST_CHANGED'])
  expect(summary).toMatchObject({ completed: 1, manifests: { completed: 1, failed: 1 } })
  expect((await runBeside(stores, 'lists/a.parquet')).summary).toMatchObject({ completed: 1, failed: 0 })
})
