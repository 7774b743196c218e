import { beforeAll, expect, test } from 'vitest'
import { describeContract, element, elements } from './stores.js'

describeContract('versions', (store) => {
  const setVersioning = (status: string) =>
    store.ask({
      method: 'PUT',
      query: 'versioning=',
      body: `<VersioningConfiguration><Status>${status}</Status></VersioningConfiguration>`,
    })
  const versionId = async (reply: ReturnType<typeof store.ask>): Promise<string> =>
    String((await reply).headers['x-amz-version-id'])
  const named = (id: string): string => `versionId=${encodeURIComponent(id)}`

  beforeAll(async () => {
    expect(element(await store.ask({ query: 'versioning=' }), 'Status')).toBeUndefined()
    expect((await store.put('before', 'x')).headers['x-amz-version-id']).toBeUndefined()
    expect((await setVersioning('Enabled')).status).toBe(200)
    expect(element(await store.ask({ query: 'versioning=' }), 'Status')).toBe('Enabled')
  })

  test('each PUT creates a version that can be read by its id', async () => {
    const [one, two] = [await versionId(store.put('k', 'one')), await versionId(store.put('k', 'two'))]
    expect(one).not.toBe(two)
    const newest = await store.get('k')
    expect([newest.body.toString(), newest.headers['x-amz-version-id']]).toEqual(['two', two])
    expect((await store.get('k', {}, named(one))).body.toString()).toBe('one')
  })

  test('a DELETE hides the key behind a marker, and deleting the marker brings it back', async () => {
    await store.put('hidden', 'x')
    const deleted = await store.ask({ method: 'DELETE', key: 'hidden' })
    const marker = String(deleted.headers['x-amz-version-id'])
    expect([deleted.status, deleted.headers['x-amz-delete-marker']]).toEqual([204, 'true'])
    const gone = await store.get('hidden')
    expect([gone.status, gone.code, gone.headers['x-amz-delete-marker']]).toEqual([404, 'NoSuchKey', 'true'])
    expect(elements(await store.ask({ query: 'list-type=2&prefix=hidden' }), 'Key')).toEqual([])
    const named405 = await store.get('hidden', {}, named(marker))
    expect([named405.status, named405.code]).toEqual([405, 'MethodNotAllowed'])
    expect((await store.ask({ method: 'DELETE', key: 'hidden', query: named(marker) })).status).toBe(204)
    expect((await store.get('hidden')).body.toString()).toBe('x')
  })

  test('deleting a version by its id is permanent', async () => {
    const one = await versionId(store.put('pruned', 'one'))
    await store.put('pruned', 'two')
    await store.ask({ method: 'DELETE', key: 'pruned', query: named(one) })
    expect((await store.get('pruned', {}, named(one))).code).toBe('NoSuchVersion')
    expect((await store.get('pruned')).body.toString()).toBe('two')
  })

  test('a copy may name a version of its source', async () => {
    const one = await versionId(store.put('origin', 'one'))
    await store.put('origin', 'two')
    const from = `/${store.bucket}/origin?${named(one)}`
    const copied = await store.ask({ method: 'PUT', key: 'copied', headers: { 'x-amz-copy-source': from } })
    expect(copied.status).toBe(200)
    expect((await store.get('copied')).body.toString()).toBe('one')
  })

  test('all versions and markers are listed, newest first', async () => {
    const one = await versionId(store.put('history', 'one'))
    const two = await versionId(store.put('history', 'two'))
    const marker = await versionId(store.ask({ method: 'DELETE', key: 'history' }))
    const list = await store.ask({ query: 'prefix=history&versions=' })
    expect(new Set(elements(list, 'VersionId'))).toEqual(new Set([one, two, marker]))
    const versions = list.body
      .toString()
      .match(/<Version>.*?<\/Version>/gs)!
      .map((xml) => /<VersionId>([^<]+)/.exec(xml)![1])
    expect(versions).toEqual([two, one])
    expect(list.body.toString().match(/<DeleteMarker>/g)).toHaveLength(1)
  })

  test('an object from before versioning has the version null', async () => {
    expect((await store.get('before', {}, 'versionId=null')).body.toString()).toBe('x')
  })

  test('malformed and unknown version ids are told apart', async () => {
    await store.put('ids', 'x')
    const malformed = await store.get('ids', {}, 'versionId=abc')
    expect([malformed.status, malformed.code]).toEqual([400, 'InvalidArgument'])
    const unknown = await store.get('ids', {}, 'versionId=0b2f44b4-9a94-4d0f-b8e3-5f7d4a8c0d21')
    expect([unknown.status, unknown.code]).toEqual([404, 'NoSuchVersion'])
  })
})
