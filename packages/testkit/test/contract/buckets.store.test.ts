import { expect, test } from 'vitest'
import { uniqueBucket } from '../../src/index.js'
import { describeContract, element, elements, md5Base64 } from './stores.js'

describeContract('buckets', (store) => {
  test('a bucket is created, found, listed and deleted', async () => {
    const bucket = uniqueBucket('made')
    const created = await store.ask({ method: 'PUT', bucket })
    expect([created.status, created.headers.location]).toEqual([200, `/${bucket}`])
    expect((await store.ask({ method: 'HEAD', bucket })).status).toBe(200)
    const listed = await store.ask({ target: '/' })
    expect(elements(listed, 'Name')).toContain(bucket)
    expect((await store.ask({ method: 'DELETE', bucket })).status).toBe(204)
    expect((await store.ask({ method: 'HEAD', bucket })).status).toBe(404)
  })

  test('creating one twice is a conflict', async () => {
    const again = await store.ask({ method: 'PUT' })
    expect([again.status, again.code]).toEqual([409, 'BucketAlreadyOwnedByYou'])
  })

  test.each(['ab', 'Upper-Case', 'under_score', 'two..dots', '192.168.1.1', 'a'.repeat(64)])(
    'the name %s is refused',
    async (bucket) => {
      const refused = await store.ask({ method: 'PUT', bucket })
      expect([refused.status, refused.code]).toEqual([400, 'InvalidBucketName'])
    },
  )

  test('a bucket with objects cannot be deleted', async () => {
    await store.put('kept', 'x')
    const refused = await store.ask({ method: 'DELETE' })
    expect([refused.status, refused.code]).toEqual([409, 'BucketNotEmpty'])
    const missing = await store.ask({ method: 'DELETE', bucket: 'no-such-bucket-here' })
    expect([missing.status, missing.code]).toEqual([404, 'NoSuchBucket'])
  })

  test('the location of the first region is empty', async () => {
    const location = await store.ask({ query: 'location=' })
    expect(location.status).toBe(200)
    expect(location.body.toString()).toMatch(/<LocationConstraint[^>]*(?:\/>|><\/LocationConstraint>)$/)
  })

  test('DeleteObjects deletes many keys and lists them, except in quiet mode', async () => {
    for (const key of ['one', 'two', 'three']) await store.put(key, 'x')
    const ask = (body: string, headers: Record<string, string> = { 'content-md5': md5Base64(body) }) =>
      store.ask({ method: 'POST', query: 'delete=', body, headers })
    const object = (key: string): string => `<Object><Key>${key}</Key></Object>`
    const loud = await ask(`<Delete>${object('one')}${object('two')}${object('never')}</Delete>`)
    expect([loud.status, elements(loud, 'Key')]).toEqual([200, ['one', 'two', 'never']])
    const quiet = await ask(`<Delete><Quiet>true</Quiet>${object('three')}</Delete>`)
    expect([quiet.status, elements(quiet, 'Key')]).toEqual([200, []])
    for (const key of ['one', 'two', 'three']) expect((await store.head(key)).status).toBe(404)
    expect((await ask('<Delete></Delete>')).code).toBe('MalformedXML')
    expect((await ask('hello')).code).toBe('MalformedXML')
    expect((await ask(`<Delete>${object('one')}</Delete>`, {})).status).toBe(400)
  })

  test('tags are set, read, counted and removed', async () => {
    await store.put('tagged', 'x')
    const tagging = (tags: string): string => `<Tagging><TagSet>${tags}</TagSet></Tagging>`
    const tag = (key: string, value: string): string => `<Tag><Key>${key}</Key><Value>${value}</Value></Tag>`
    const set = (body: string) => store.ask({ method: 'PUT', key: 'tagged', query: 'tagging=', body })
    expect((await set(tagging(tag('colour', 'sea green') + tag('n', '1')))).status).toBe(200)
    const got = await store.get('tagged', {}, 'tagging=')
    expect([elements(got, 'Key'), elements(got, 'Value')]).toEqual([
      ['colour', 'n'],
      ['sea green', '1'],
    ])
    expect((await store.head('tagged')).headers['x-amz-tagging-count']).toBe('2')
    expect((await set(tagging(tag('k', 'a') + tag('k', 'b')))).code).toBe('InvalidTag')
    expect((await set(tagging(tag('k', '&amp;')))).code).toBe('InvalidTag')
    expect((await set('<Tagging><Tag')).code).toBe('MalformedXML')
    expect((await store.ask({ method: 'DELETE', key: 'tagged', query: 'tagging=' })).status).toBe(204)
    expect(elements(await store.get('tagged', {}, 'tagging='), 'Key')).toEqual([])
    expect((await store.get('untagged', {}, 'tagging=')).code).toBe('NoSuchKey')
  })

  test('more than ten tags in a PUT are refused', async () => {
    const tags = Array.from({ length: 11 }, (_, at) => `k${at}=v`).join('&')
    expect((await store.put('many', 'x', { 'x-amz-tagging': tags })).status).toBe(400)
    expect(element(await store.get('many'), 'Code')).toBe('NoSuchKey')
  })
})
