import { beforeAll, expect, test } from 'vitest'
import type { S3Reply } from '../../src/index.js'
import { describeContract, element, elements, md5Base64, md5Hex, type ContractStore } from './stores.js'

const FIRST = Buffer.alloc(5 * 1024 * 1024, 7)
const LAST = Buffer.from('tail')
const ETAG = `"${md5Hex(Buffer.concat([FIRST, LAST].map((part) => Buffer.from(md5Hex(part), 'hex'))))}-2"`

describeContract('uploads in parts', (store) => {
  const upload = uploader(store)

  test('parts become one object with the headers of its creation and a multipart ETag', async () => {
    const id = await upload.create('whole', {
      'content-type': 'video/mp4',
      'x-amz-meta-a': 'b',
      'x-amz-tagging': 'k=v',
    })
    for (const [number, body] of [
      [2, LAST],
      [1, FIRST],
    ] as const) {
      const put = await upload.part('whole', id, number, body)
      expect([put.status, put.headers.etag]).toEqual([200, `"${md5Hex(body)}"`])
    }
    const done = await upload.complete('whole', id, [
      [1, md5Hex(FIRST)],
      [2, md5Hex(LAST)],
    ])
    expect([done.status, element(done, 'ETag'), element(done, 'Key')]).toEqual([200, ETAG, 'whole'])
    const head = await store.head('whole')
    expect(head.headers).toMatchObject({
      etag: ETAG,
      'content-length': String(FIRST.length + LAST.length),
      'content-type': 'video/mp4',
      'x-amz-meta-a': 'b',
      'x-amz-tagging-count': '1',
    })
    const across = await store.get('whole', { range: `bytes=${FIRST.length - 2}-${FIRST.length + 1}` })
    expect(across.body.equals(Buffer.from([7, 7, 0x74, 0x61]))).toBe(true)
    const again = await upload.complete('whole', id, [
      [1, md5Hex(FIRST)],
      [2, md5Hex(LAST)],
    ])
    expect([again.status, again.code]).toEqual([404, 'NoSuchUpload'])
  })

  test('a part of a finished object can be read by its number', async () => {
    await upload.whole('numbered')
    const first = await store.head('numbered', {}, 'partNumber=1')
    expect([first.status, first.headers['content-length'], first.headers['x-amz-mp-parts-count']]).toEqual([
      206,
      String(FIRST.length),
      '2',
    ])
    const second = await store.get('numbered', {}, 'partNumber=2')
    expect([second.body.toString(), second.headers['content-range']]).toEqual([
      'tail',
      `bytes ${FIRST.length}-${FIRST.length + 3}/${FIRST.length + 4}`,
    ])
    const third = await store.get('numbered', {}, 'partNumber=3')
    expect([third.status, third.code]).toEqual([416, 'InvalidPartNumber'])
  })

  test('ListParts shows the parts that have arrived, page by page', async () => {
    const id = await upload.create('listed')
    for (const number of [1, 2, 5]) await upload.part('listed', id, number, `part ${number}`)
    const list = (more = ''): Promise<S3Reply> =>
      store.get('listed', {}, `${more}uploadId=${encodeURIComponent(id)}`)
    const all = await list()
    expect(elements(all, 'PartNumber')).toEqual(['1', '2', '5'])
    expect(elements(all, 'ETag')[2]).toBe(`"${md5Hex('part 5')}"`)
    expect(elements(all, 'Size')).toEqual(['6', '6', '6'])
    const page = await list('max-parts=1&part-number-marker=1&')
    expect([
      elements(page, 'PartNumber'),
      element(page, 'IsTruncated'),
      element(page, 'NextPartNumberMarker'),
    ]).toEqual([['2'], 'true', '2'])
    await upload.abort('listed', id)
    expect((await list()).code).toBe('NoSuchUpload')
  })

  test('a part that is sent again replaces the first', async () => {
    const id = await upload.create('resent')
    for (const body of ['one', 'two']) await upload.part('resent', id, 1, body)
    expect((await upload.complete('resent', id, [[1, md5Hex('one')]])).code).toBe('InvalidPart')
    expect((await upload.complete('resent', id, [[1, md5Hex('two')]])).status).toBe(200)
    expect((await store.get('resent')).body.toString()).toBe('two')
  })

  test('an upload of one small part has a multipart ETag', async () => {
    const id = await upload.create('single')
    await upload.part('single', id, 1, 'only')
    const done = await upload.complete('single', id, [[1, md5Hex('only')]])
    expect(element(done, 'ETag')).toBe(`"${md5Hex(Buffer.from(md5Hex('only'), 'hex'))}-1"`)
  })

  test('completing refuses small parts, wrong ETags, missing parts, wrong order and malformed XML', async () => {
    const id = await upload.create('refused')
    for (const number of [1, 2]) await upload.part('refused', id, number, `part ${number}`)
    const [one, two] = [md5Hex('part 1'), md5Hex('part 2')]
    const code = async (parts: [number, string][]): Promise<unknown[]> => {
      const reply = await upload.complete('refused', id, parts)
      return [reply.status, reply.code]
    }
    expect(
      await code([
        [1, one],
        [2, two],
      ]),
    ).toEqual([400, 'EntityTooSmall'])
    expect(await code([[1, two]])).toEqual([400, 'InvalidPart'])
    expect(
      await code([
        [1, one],
        [3, two],
      ]),
    ).toEqual([400, 'InvalidPart'])
    expect(
      await code([
        [2, two],
        [1, one],
      ]),
    ).toEqual([400, 'InvalidPartOrder'])
    expect((await code([]))[0]).toBe(400)
    expect((await upload.completeWith('refused', id, '<Complete')).code).toBe('MalformedXML')
    expect((await store.head('refused')).status).toBe(404)
    await upload.abort('refused', id)
  })

  test('parts with a wrong digest, number or upload are refused', async () => {
    const id = await upload.create('parts')
    const wrong = await upload.part('parts', id, 1, 'x', { 'content-md5': md5Base64('y') })
    expect([wrong.status, wrong.code]).toEqual([400, 'BadDigest'])
    for (const number of [0, 10_001]) expect((await upload.part('parts', id, number, 'x')).status).toBe(400)
    const unknown = await upload.part('parts', 'no-such-upload', 1, 'x')
    expect([unknown.status, unknown.code]).toEqual([404, 'NoSuchUpload'])
    await upload.abort('parts', id)
  })

  test('uploads in progress are listed until they are aborted', async () => {
    const id = await upload.create('pending')
    const list = (): Promise<S3Reply> => store.ask({ query: 'prefix=pending&uploads=' })
    expect(elements(await list(), 'UploadId')).toEqual([id])
    expect((await upload.abort('pending', id)).status).toBe(204)
    expect(elements(await list(), 'UploadId')).toEqual([])
  })

  test('completing with If-None-Match: * does not overwrite', async () => {
    await store.put('guarded', 'first')
    const id = await upload.create('guarded')
    await upload.part('guarded', id, 1, 'second')
    const body = completion([[1, md5Hex('second')]])
    const refused = await upload.completeWith('guarded', id, body, { 'if-none-match': '*' })
    expect([refused.status, refused.code]).toEqual([412, 'PreconditionFailed'])
    expect((await store.get('guarded')).body.toString()).toBe('first')
    await upload.abort('guarded', id)
  })
})

describeContract('copies within the store', (store) => {
  const upload = uploader(store)
  const copy = (
    key: string,
    from: string,
    headers: Record<string, string> = {},
    query = '',
  ): Promise<S3Reply> =>
    store.ask({ method: 'PUT', key, query, headers: { 'x-amz-copy-source': from, ...headers } })
  const at = (key: string): string => `/${store.bucket}/${key}`

  beforeAll(async () => {
    await store.put('src', 'source', {
      'content-type': 'text/x',
      'x-amz-meta-m': 'n',
      'x-amz-tagging': 't=u',
      'cache-control': 'c',
    })
  })

  test('a copy has the bytes, headers, metadata and tags of its source', async () => {
    const copied = await copy('dst', at('src'))
    expect([copied.status, element(copied, 'ETag')]).toEqual([200, `"${md5Hex('source')}"`])
    const got = await store.get('dst')
    expect(got.body.toString()).toBe('source')
    expect(got.headers).toMatchObject({
      'content-type': 'text/x',
      'x-amz-meta-m': 'n',
      'cache-control': 'c',
      'x-amz-tagging-count': '1',
    })
  })

  test("the directive REPLACE uses the request's metadata instead", async () => {
    await copy('replaced', at('src'), {
      'x-amz-metadata-directive': 'REPLACE',
      'content-type': 'text/y',
      'x-amz-meta-q': 'r',
      'x-amz-tagging-directive': 'REPLACE',
      'x-amz-tagging': 'z=1&y=2',
    })
    const { headers } = await store.head('replaced')
    expect(headers).toMatchObject({
      'content-type': 'text/y',
      'x-amz-meta-q': 'r',
      'x-amz-tagging-count': '2',
    })
    expect([headers['x-amz-meta-m'], headers['cache-control']]).toEqual([undefined, undefined])
  })

  test('a copy onto itself must change something', async () => {
    await store.put('self', 'x')
    const refused = await copy('self', at('self'))
    expect([refused.status, refused.code]).toEqual([400, 'InvalidRequest'])
    expect(
      (await copy('self', at('self'), { 'x-amz-metadata-directive': 'REPLACE', 'x-amz-meta-n': '1' })).status,
    ).toBe(200)
    expect((await store.head('self')).headers['x-amz-meta-n']).toBe('1')
  })

  test('a missing, malformed or changed source fails the copy', async () => {
    expect((await copy('x', at('none'))).code).toBe('NoSuchKey')
    expect((await copy('x', '/no-such-bucket-here/none')).code).toBe('NoSuchBucket')
    expect((await copy('x', 'abc')).status).toBe(400)
    const etag = md5Hex('source')
    expect((await copy('x', at('src'), { 'x-amz-copy-source-if-match': etag })).status).toBe(200)
    expect((await copy('x', at('src'), { 'x-amz-copy-source-if-match': 'abc' })).code).toBe(
      'PreconditionFailed',
    )
    expect((await copy('x', at('src'), { 'x-amz-copy-source-if-none-match': etag })).code).toBe(
      'PreconditionFailed',
    )
  })

  test('the source is escaped once', async () => {
    await store.put('a+b c%2F', 'odd')
    await copy('odd', at('a%2Bb%20c%252F'))
    expect((await store.get('odd')).body.toString()).toBe('odd')
  })

  test('a copy of a multipart object is a single piece with its MD5 as ETag', async () => {
    await upload.whole('parts')
    await copy('piece', at('parts'))
    const { headers } = await store.head('piece', {}, 'partNumber=1')
    expect([headers.etag, headers['x-amz-mp-parts-count']]).toEqual([
      `"${md5Hex(Buffer.concat([FIRST, LAST]))}"`,
      undefined,
    ])
  })

  test('parts can be copied whole or by range', async () => {
    const id = await upload.create('built')
    const part = (number: number, range = ''): Promise<S3Reply> =>
      copy(
        'built',
        at('src'),
        range ? { 'x-amz-copy-source-range': range } : {},
        `partNumber=${number}&uploadId=${encodeURIComponent(id)}`,
      )
    const ranged = await part(1, 'bytes=1-3')
    expect([ranged.status, element(ranged, 'ETag')]).toEqual([200, `"${md5Hex('our')}"`])
    for (const range of ['bytes=1-', 'bytes=1-9999'])
      expect([range, (await part(2, range)).code]).toEqual([range, 'InvalidArgument'])
    expect((await upload.complete('built', id, [[1, md5Hex('our')]])).status).toBe(200)
    expect((await store.get('built')).body.toString()).toBe('our')
  })
})

function completion(parts: readonly (readonly [number, string])[]): string {
  const xml = parts.map(
    ([number, etag]) => `<Part><PartNumber>${number}</PartNumber><ETag>"${etag}"</ETag></Part>`,
  )
  return `<CompleteMultipartUpload>${xml.join('')}</CompleteMultipartUpload>`
}

function uploader(store: ContractStore) {
  const query = (id: string, more = ''): string => `${more}uploadId=${encodeURIComponent(id)}`
  const create = async (key: string, headers: Record<string, string> = {}): Promise<string> => {
    const reply = await store.ask({ method: 'POST', key, query: 'uploads=', headers })
    return element(reply, 'UploadId')!
  }
  const part = (
    key: string,
    id: string,
    number: number,
    body: Uint8Array | string,
    headers: Record<string, string> = {},
  ) => store.ask({ method: 'PUT', key, query: query(id, `partNumber=${number}&`), body, headers })
  const completeWith = (key: string, id: string, body: string, headers: Record<string, string> = {}) =>
    store.ask({ method: 'POST', key, query: query(id), body, headers })
  const complete = (key: string, id: string, parts: readonly (readonly [number, string])[]) =>
    completeWith(key, id, completion(parts))
  return {
    create,
    part,
    complete,
    completeWith,
    abort: (key: string, id: string) => store.ask({ method: 'DELETE', key, query: query(id) }),
    whole: async (key: string): Promise<void> => {
      const id = await create(key)
      await part(key, id, 1, FIRST)
      await part(key, id, 2, LAST)
      await complete(key, id, [
        [1, md5Hex(FIRST)],
        [2, md5Hex(LAST)],
      ])
    },
  }
}
