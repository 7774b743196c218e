import { beforeAll, expect, test } from 'vitest'
import { describeContract, element, elements, md5Hex } from './stores.js'

describeContract('listings', (store) => {
  const list = (query: string): ReturnType<typeof store.ask> =>
    store.ask({ query: sorted(`list-type=2&${query}`) })

  beforeAll(async () => {
    for (const key of ['a/1', 'a/2', 'a/sub/3', 'b', 'c/4', 'd e/5', 'z']) await store.put(key, `<${key}>`)
  })

  test('an entry has key, quoted ETag, size, time and class', async () => {
    const page = await list('prefix=b')
    expect(element(page, 'Key')).toBe('b')
    expect(element(page, 'ETag')).toBe(`"${md5Hex('<b>')}"`)
    expect(element(page, 'Size')).toBe('3')
    expect(element(page, 'StorageClass')).toBe('STANDARD')
    expect(element(page, 'LastModified')).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)
    expect([element(page, 'KeyCount'), element(page, 'IsTruncated'), element(page, 'Name')]).toEqual([
      '1',
      'false',
      store.bucket,
    ])
  })

  test('a prefix narrows a listing, to an empty page if nothing matches', async () => {
    expect(elements(await list('prefix=a%2F'), 'Key')).toEqual(['a/1', 'a/2', 'a/sub/3'])
    const none = await list('prefix=nothing')
    expect([none.status, element(none, 'KeyCount'), elements(none, 'Key')]).toEqual([200, '0', []])
  })

  test('a delimiter rolls keys up into common prefixes', async () => {
    const top = await list('delimiter=%2F')
    expect(elements(top, 'Key')).toEqual(['b', 'z'])
    expect(elements(top, 'Prefix').filter(Boolean)).toEqual(['a/', 'c/', 'd e/'])
    expect(element(top, 'KeyCount')).toBe('5')
    const inner = await list('delimiter=%2F&prefix=a%2F')
    expect(elements(inner, 'Key')).toEqual(['a/1', 'a/2'])
    expect(elements(inner, 'Prefix')).toEqual(['a/', 'a/sub/'])
  })

  test('pages continue after keys and after common prefixes alike', async () => {
    const seen: string[] = []
    let token = ''
    for (let page = 0; page < 10; page += 1) {
      const reply = await list(
        `delimiter=%2F&max-keys=1${token && `&continuation-token=${encodeURIComponent(token)}`}`,
      )
      seen.push(...elements(reply, 'Key'), ...elements(reply, 'Prefix').filter(Boolean))
      token = element(reply, 'NextContinuationToken') ?? ''
      if (token === '') break
    }
    expect(seen).toEqual(['a/', 'b', 'c/', 'd e/', 'z'])
  })

  test('start-after skips up to and including a key', async () => {
    expect(elements(await list('start-after=b'), 'Key')).toEqual(['c/4', 'd e/5', 'z'])
    expect(elements(await list('start-after=a%2F2&prefix=a%2F'), 'Key')).toEqual(['a/sub/3'])
    expect(elements(await list('start-after=zz'), 'Key')).toEqual([])
  })

  test('encoding-type=url encodes keys and prefixes as forms do', async () => {
    const page = await list('delimiter=%2F&encoding-type=url&prefix=d')
    expect(element(page, 'EncodingType')).toBe('url')
    expect(elements(page, 'Prefix')).toEqual(['d', 'd+e/'])
  })

  test('max-keys of zero returns nothing, and an invalid one is an error', async () => {
    const none = await list('max-keys=0')
    expect([none.status, elements(none, 'Key'), element(none, 'IsTruncated')]).toEqual([200, [], 'false'])
    for (const limit of ['abc', '-1']) {
      const refused = await list(`max-keys=${limit}`)
      expect([limit, refused.status, refused.code]).toEqual([limit, 400, 'InvalidArgument'])
    }
  })

  test('an unknown encoding and an empty token are refused', async () => {
    expect((await list('encoding-type=xml')).code).toBe('InvalidArgument')
    expect((await list('continuation-token=')).code).toBe('InvalidArgument')
  })

  test('the first version of listing continues by marker', async () => {
    const page = await store.ask({ query: 'marker=b' })
    expect(elements(page, 'Key')).toEqual(['c/4', 'd e/5', 'z'])
    const first = await store.ask({ query: 'delimiter=%2F&max-keys=2' })
    expect([element(first, 'IsTruncated'), elements(first, 'Key')]).toEqual(['true', ['b']])
    expect(element(first, 'NextMarker')).toBeTruthy()
  })

  test('a missing bucket is a 404', async () => {
    const reply = await store.ask({ bucket: 'no-such-bucket-here', query: 'list-type=2' })
    expect([reply.status, reply.code]).toEqual([404, 'NoSuchBucket'])
  })
})

/** A signature covers the parameters in order. */
function sorted(query: string): string {
  return query.split('&').sort().join('&')
}
