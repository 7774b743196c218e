import { cp, readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { runVerify, type SyncEvent, type SyncOptions } from '../src/index.js'
import { bodies } from './lake-rows.js'
import { endpointOf, twoStores, type TwoStores } from './two-stores.js'

/** Where each listing of the source began, since the last call. */
function listedFrom({ source }: TwoStores): string[] {
  const listings = source.requests.records.filter(
    ({ operation, query }) => operation === 'ListObjectsV2' && query.get('max-keys') !== '1',
  )
  source.requests.clear()
  return listings.map(({ query }) => query.get('start-after') ?? query.get('continuation-token') ?? '')
}

const statuses = (events: readonly SyncEvent[]): string[] =>
  events.flatMap((event) => (event.type === 'listing' ? [`${event.status} ${event.objects}`] : []))

/** 4,500 keys in five pages; one of a hundred is let through by {@link few}, so that little is copied. */
const many = Array.from({ length: 4_500 }, (_, i) => `k${String(i).padStart(4, '0')}`)
const few: Partial<SyncOptions> = { filter: { pattern: /00$/ }, listing: { parallel: 1 } }

/** Many objects at a source whose fourth page of a listing does not come; `listed` once all before it are copied. */
async function heldAtFourthPage() {
  const stores = await twoStores()
  await stores.objects(bodies(many))
  let pages = 0
  const hold = stores.source.hold({
    operation: 'ListObjectsV2',
    where: ({ query }) => query.get('max-keys') !== '1' && ++pages === 4,
  })
  const finished = Promise.withResolvers<void>()
  const onEvent = (event: SyncEvent): void => {
    if (event.type === 'manifest' && event.status === 'completed' && event.rows === 20) finished.resolve()
  }
  return { stores, hold, onEvent, listed: Promise.all([hold.arrived(), finished.promise]) }
}

describe('a bucket that is listed instead of manifests', () => {
  it('is copied whole, with objects called like a URI and the manifests in it', async () => {
    await using stores = await twoStores()
    const names = ['a', 'b/c', 'b/d e', 's3://lake/a', 'manifest/x.parquet', 'ü/\u{1f600}']
    await stores.objects(bodies(names))
    const { summary, events } = await stores.run({ listing: {} })
    expect(summary).toMatchObject({ completed: 6, failed: 0, manifests: { completed: 1 } })
    expect(stores.destination.store.keys('lake').sort()).toEqual(names.sort())
    expect(statuses(events)).toEqual(['started 0', 'finished 6'])
    expect(events.findLast(({ type }) => type === 'totals')).toMatchObject({ rows: 6, final: true })
  })

  it('is copied while it is listed, and a resumed run lists only the rest', async () => {
    const { stores, hold, onEvent, listed } = await heldAtFourthPage()
    await using _ = stores
    const drain = new AbortController()
    const first = stores.run({ ...few, drain: drain.signal, onEvent })
    await listed
    drain.abort()
    expect((await first).summary).toMatchObject({ completed: 30, interrupted: true })
    hold.release()
    listedFrom(stores)
    const { summary, events } = await stores.run(few)
    expect(summary).toMatchObject({ completed: 15, skipped: 30, failed: 0 })
    expect(statuses(events)).toEqual(['resumed 3000', 'finished 4500'])
    expect(listedFrom(stores)[0]).toBe('k2999')
    expect(stores.destination.store.keys('lake')).toHaveLength(45)
  })

  it('lists no key twice after a crash: only complete files count', async () => {
    const { stores, hold, onEvent, listed } = await heldAtFourthPage()
    await using _ = stores
    const drain = new AbortController()
    const first = stores.run({ ...few, drain: drain.signal, onEvent })
    await listed
    // What a killed process leaves: the directory in its present state, and manifests that were not finished.
    const dataDir = join(stores.directory, 'after-crash')
    await cp(join(stores.directory, 'state', 'listing'), join(dataDir, 'listing'), { recursive: true })
    for (const name of ['objects-00003.parquet', 'objects-00004.parquet.partial'])
      await writeFile(join(dataDir, 'listing', name), 'PAR1')
    drain.abort()
    await first
    hold.release()
    listedFrom(stores)
    const { summary, events } = await stores.run({ ...few, dataDir })
    expect(summary).toMatchObject({ completed: 45, failed: 0, manifests: { completed: 3, failed: 0 } })
    expect(statuses(events)).toEqual(['resumed 3000', 'finished 4500'])
    expect(listedFrom(stores)[0]).toBe('k2999')
    expect((await readdir(join(dataDir, 'listing'))).sort()).toEqual([
      'listing.json',
      ...[1, 2, 3].map((n) => `objects-0000${n}.parquet`),
    ])
  })

  it('is listed again only on request, which finds new and changed objects', async () => {
    await using stores = await twoStores()
    await stores.objects({ a: '1', b: '1', c: '1' })
    await stores.run({ listing: {} })
    await stores.objects({ b: 'changed', d: '1' })
    stores.objectRequests()
    const again = await stores.run({ listing: {} })
    expect(again.summary).toMatchObject({ completed: 0, skipped: 3 })
    expect(statuses(again.events)).toEqual(['kept 3'])
    const anew = await stores.run({ listing: { rescan: true } })
    expect(anew.summary).toMatchObject({ completed: 2, skipped: 2 })
    expect(statuses(anew.events)).toEqual(['started 0', 'finished 4'])
    expect(stores.objectRequests().puts.sort()).toEqual(['b', 'd'])
    expect((await stores.run({ listing: {} })).summary).toMatchObject({ completed: 0, skipped: 4 })
  })

  it('is listed under its prefix, or under that of a filter below it', async () => {
    await using stores = await twoStores()
    await stores.objects(bodies(['a/1', 'a/b/1', 'a/b/2', 'c']))
    const copy = { stripPrefix: 'a/', addPrefix: 'z/' }
    const { events } = await stores.run({ listing: { prefix: 'a/' }, copy, filter: { prefix: 'a/b/' } })
    expect(statuses(events)).toEqual(['started 0', 'finished 2'])
    const { summary } = await stores.run({ listing: { prefix: 'a/' }, copy })
    expect(summary).toMatchObject({ completed: 1, skipped: 2 })
    expect(stores.destination.store.keys('lake')).toEqual(['z/1', 'z/b/1', 'z/b/2'])
  })

  it('is divided among machines that each list it', async () => {
    await using stores = await twoStores()
    const names = Array.from({ length: 40 }, (_, i) => `k${i}`)
    await stores.objects(bodies(names))
    for (const index of [0, 1]) {
      const dataDir = join(stores.directory, `state-${index}`)
      const { summary } = await stores.run({ listing: {}, dataDir, shard: { index, count: 2 } })
      expect(summary.completed).toBeGreaterThan(0)
    }
    expect(stores.destination.store.keys('lake').sort()).toEqual(names.sort())
    expect(stores.objectRequests().puts).toHaveLength(40)
  })

  it('can be planned, which leaves the directory unchanged and lists only the rest', async () => {
    await using stores = await twoStores()
    await stores.objects(bodies(['a', 'b', 'c']))
    const dry = await stores.run({ listing: {}, dryRun: true })
    expect(dry.summary).toMatchObject({ planned: 3, completed: 0 })
    expect(await readdir(stores.directory)).toEqual([])
    await stores.run({ listing: {} })
    listedFrom(stores)
    const after = await stores.run({ listing: {}, dryRun: true })
    expect(after.summary).toMatchObject({ planned: 0, skipped: 3 })
    expect(listedFrom(stores)).toEqual([])
  })

  it('can be verified, and objects that came after the copy are reported', async () => {
    await using stores = await twoStores()
    await stores.objects(bodies(['a', 'b']))
    await stores.run({ listing: {} })
    await stores.objects(bodies(['late']))
    const [source, destination] = [endpointOf(stores.source), endpointOf(stores.destination)]
    const found = await runVerify({ source, destination, listing: {}, concurrency: { fixed: 4 } })
    expect(found).toMatchObject({ same: 2, different: 1, missing: 0 })
  })

  it('keeps its listing if the store refuses the rest, and ends for that reason', async () => {
    await using stores = await twoStores()
    await stores.objects(bodies(many))
    let pages = 0
    const fault = stores.source.faults.add({
      operation: 'ListObjectsV2',
      where: ({ query }) => query.get('max-keys') !== '1' && ++pages > 3,
      action: { type: 'error', code: 'AccessDenied' },
    })
    const events: SyncEvent[] = []
    const run = stores.run({ ...few, onEvent: (event) => events.push(event) })
    await expect(run).rejects.toMatchObject({ code: 'LAGOON_TRANSFER_ACCESS_DENIED', reason: 'listing' })
    expect(events.at(-1)).toMatchObject({ type: 'summary', reason: 'listing', interrupted: true })
    fault.remove()
    const resumed = await stores.run(few)
    expect(statuses(resumed.events)).toEqual(['resumed 3000', 'finished 4500'])
    expect(resumed.summary).toMatchObject({ failed: 0 })
    expect(stores.destination.store.keys('lake')).toHaveLength(45)
  })

  it('reports an empty prefix', async () => {
    await using stores = await twoStores()
    await stores.objects(bodies(['a']))
    const { summary, events } = await stores.run({ listing: { prefix: 'b/' } })
    expect(summary).toMatchObject({ completed: 0, failed: 0, reason: 'finished' })
    expect(events.filter(({ type }) => type === 'warning')).toMatchObject([
      { code: 'LAGOON_SYNC_NOTHING_LISTED', message: 'the bucket lake holds no object under "b/"' },
    ])
  })

  it.each<[string, Partial<SyncOptions>]>([
    ['manifests', { manifests: ['a.csv'] }],
    ['watchIntervalMs', { watchIntervalMs: 1000 }],
    ['retry', { retry: {} }],
    ['shards by row-group', { shard: { index: 0, count: 2, by: 'row-group' } }],
  ])('is not listed beside %s', async (name, options) => {
    await using stores = await twoStores()
    const run = stores.run({ listing: {}, ...options })
    await expect(run).rejects.toMatchObject({ message: `listing excludes ${name}` })
  })
})
