import { describe, expect, test } from 'vitest'
import { type LeftOut, type ManifestRef, discoverManifests, suggestPrefixes } from '../src/index.js'
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

test('manifests are the Parquet files under the prefix, at any depth, in listing order', async () => {
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

test('other prefixes with Parquet files are suggested, sorted', async () => {
  const store = storeWith('b/deep/er/x.parquet', 'a/x.parquet', 'c/x.txt', 'top.parquet')
  expect(await suggestPrefixes(store)).toEqual(['a/', 'b/'])
})

test('suggestions are bounded in prefixes and in objects of each', async () => {
  const store = storeWith('a/1', 'a/2', 'a/3.parquet', 'b/1.parquet', 'c/1.parquet')
  expect(await suggestPrefixes(store, { maxObjectsPerPrefix: 2 })).toEqual(['b/', 'c/'])
  expect(await suggestPrefixes(store, { maxPrefixes: 2 })).toEqual(['a/', 'b/'])
})

describe('metadata of table formats', () => {
  async function found(store: CountingStore, prefix: string) {
    let leftOut: LeftOut | null = null
    const keys: string[] = []
    const onLeftOut = (what: LeftOut): void => void (leftOut = what)
    for await (const { key } of discoverManifests(store, { prefix, onLeftOut })) keys.push(key)
    return { keys, leftOut: leftOut as LeftOut | null }
  }

  test('is skipped and counted, whatever its extension', async () => {
    const store = storeWith(
      'manifest/.hidden/b.parquet',
      'manifest/.part-0.parquet.crc',
      'manifest/_SUCCESS',
      'manifest/_delta_log/00000000000000000010.checkpoint.parquet',
      'manifest/_delta_log/_last_checkpoint',
      'manifest/_temporary/0/_temporary/attempt_1/part-0.parquet',
      'manifest/day=1/_committed_1',
      'manifest/day=1/part-0.parquet',
      'manifest/_day=2/part-0.parquet',
      'manifest/e/',
    )
    const { keys, leftOut } = await found(store, 'manifest/')
    expect(keys).toEqual(['manifest/_day=2/part-0.parquet', 'manifest/day=1/part-0.parquet'])
    expect(leftOut).toEqual({
      hidden: 7,
      hiddenNames: ['.hidden/', '.part-0.parquet.crc', '_SUCCESS', '_delta_log/', '_temporary/'],
      other: 0,
      otherKeys: [],
    })
    expect(store.reads).toEqual([])
  })

  test('is read if the prefix names it', async () => {
    const store = storeWith('_lists/a.parquet', '_lists/.x/b.parquet')
    expect((await found(store, '_lists/')).keys).toEqual(['_lists/a.parquet'])
    expect((await found(store, '_li')).keys).toEqual(['_lists/a.parquet'])
    expect((await found(store, '_lists/.x/')).keys).toEqual(['_lists/.x/b.parquet'])
    expect((await found(store, '')).keys).toEqual([])
  })

  test('nothing is reported if nothing is skipped', async () => {
    expect((await found(storeWith('m/a.parquet'), 'm/')).leftOut).toBeNull()
  })

  test('Parquet under another name is recognised by its first bytes, in listing order', async () => {
    const store = storeWith(
      'm/1.parquet',
      'm/2.parq',
      'm/3',
      'm/4.parquet.gzip',
      'm/5.json',
      'm/6.parquet',
      'm/7',
    )
    for (const key of ['m/2.parq', 'm/3', 'm/4.parquet.gzip'])
      store.put(key, Buffer.from('PAR1............PAR1'))
    store.put('m/8', Buffer.from('PAR1'))
    const { keys, leftOut } = await found(store, 'm/')
    expect(keys).toEqual(['m/1.parquet', 'm/2.parq', 'm/3', 'm/4.parquet.gzip', 'm/6.parquet'])
    expect(leftOut).toMatchObject({ hidden: 0, other: 3, otherKeys: ['m/5.json', 'm/7', 'm/8'] })
    expect(store.reads).toHaveLength(4)
  })

  test('many files of another kind cost a bounded number of requests, and an unreadable one stops none', async () => {
    const keys = Array.from({ length: 1_500 }, (_, index) => `m/${String(index).padStart(4, '0')}`)
    const store = storeWith(...keys, 'm/z.parquet')
    store.beforeRead = ({ key }) => {
      expect(store.readsUnderWay).toBeLessThanOrEqual(17)
      if (key.endsWith('7')) throw Object.assign(new Error('AccessDenied'), { status: 403 })
    }
    const { keys: manifests, leftOut } = await found(store, 'm/')
    expect(manifests).toEqual(['m/z.parquet'])
    expect(leftOut).toMatchObject({ other: 1_500 })
    expect(store.reads).toHaveLength(1_000)
  })
})
