import { expect, test } from 'vitest'
import { type ManifestRef, discoverManifests, suggestPrefixes } from '../src/index.js'
import { CountingStore } from './counting-store.js'

function storeWith(...keys: string[]): CountingStore {
  const store = new CountingStore()
  for (const key of keys) store.put(key, new Uint8Array(20))
  return store
}

async function refs(store: CountingStore, prefix: string): Promise<ManifestRef[]> {
  const found: ManifestRef[] = []
  for await (const ref of discoverManifests(store, { prefix })) found.push(ref)
  return found
}

async function discovered(store: CountingStore, prefix: string): Promise<string[]> {
  return (await refs(store, prefix)).map(({ key }) => key)
}

test('manifests are the Parquet files under the prefix, at any depth, in the order of the listing', async () => {
  const store = storeWith(
    'manifest/b.parquet',
    'manifest/a.PARQUET',
    'manifest/x/y/c.parquet',
    'manifest/d.txt',
    'e.parquet',
  )
  expect(await discovered(store, 'manifest/')).toEqual([
    'manifest/a.PARQUET',
    'manifest/b.parquet',
    'manifest/x/y/c.parquet',
  ])
  expect(await discovered(store, 'none/')).toEqual([])
})

test('a manifest carries its size and its ETag without quotes', async () => {
  const store = storeWith('m/a.parquet')
  expect(await refs(store, 'm/')).toEqual([{ key: 'm/a.parquet', etag: 'v1', sizeBytes: 20 }])
})

test('the prefixes that do hold Parquet files are suggested, sorted', async () => {
  const store = storeWith('b/deep/er/x.parquet', 'a/x.parquet', 'c/x.txt', 'top.parquet')
  expect(await suggestPrefixes(store)).toEqual(['a/', 'b/'])
})

test('suggestions are bounded in prefixes and in objects of each', async () => {
  const store = storeWith('a/1', 'a/2', 'a/3.parquet', 'b/1.parquet', 'c/1.parquet')
  expect(await suggestPrefixes(store, { maxObjectsPerPrefix: 2 })).toEqual(['b/', 'c/'])
  expect(await suggestPrefixes(store, { maxPrefixes: 2 })).toEqual(['a/', 'b/'])
})
