import { XMLParser } from 'fast-xml-parser'
import { createHash, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { request as httpRequest, type IncomingMessage } from 'node:http'
import { gzipSync } from 'node:zlib'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { KNOWN_DIALECTS, startSandbox, type Dialect, type Sandbox, type XmlStyle } from '../src/index.js'
import { ask, type Reply } from './ask.js'

let sandbox: Sandbox

beforeEach(async () => {
  sandbox = await startSandbox({ credentials: null, buckets: ['b'] })
})
afterEach(() => sandbox.close())

const speak = (...dialects: Dialect[]): void => sandbox.setDialect(dialects)
const get = (target: string, headers = {}) => ask(sandbox, { target: `/b${target}`, headers })
const head = (target: string, headers = {}) =>
  ask(sandbox, { method: 'HEAD', target: `/b${target}`, headers })
const put = (target: string, body: string, headers = {}) =>
  ask(sandbox, { method: 'PUT', target: `/b${target}`, body, headers })
const post = (target: string, body = '') => ask(sandbox, { method: 'POST', target: `/b${target}`, body })
const putAll = async (keys: readonly string[]): Promise<void> => {
  for (const key of keys) await sandbox.store.put('b', key, key)
}
const text = (reply: Reply): string => reply.body.toString()
const listed = (reply: Reply): string[] =>
  [...text(reply).matchAll(/<Key>([^<]*)/g)].map((match) => match[1]!)
const md5 = (bytes: string): string => createHash('md5').update(bytes).digest('hex')

async function uploadWithParts(count: number): Promise<string> {
  const begun = text(await post('/big?uploads'))
  const id = /<UploadId>([^<]+)/.exec(begun)![1]!
  for (let part = 1; part <= count; part++)
    await put(`/big?uploadId=${id}&partNumber=${part}`, `part ${part}`)
  return id
}

describe('listings', () => {
  test('of a store with only the first version continue from a marker only', async () => {
    await putAll(['a', 'b', 'c'])
    speak({ listing: 'v1' })
    const first = await get('?list-type=2&max-keys=2')
    expect(listed(first)).toEqual(['a', 'b'])
    expect(text(first)).toContain('<IsTruncated>true</IsTruncated>')
    expect(text(first)).not.toMatch(/NextContinuationToken|NextMarker|KeyCount/)
    expect(listed(await get('?list-type=2&max-keys=2&start-after=b'))).toEqual(['a', 'b'])
    expect(listed(await get('?list-type=2&max-keys=2&marker=b'))).toEqual(['c'])
  })

  test('may be truncated without a marker to continue from', async () => {
    await putAll(['a', 'b', 'c'])
    const id = await uploadWithParts(3)
    speak({ withoutMarkers: true })
    for (const target of [
      '?list-type=2&max-keys=1',
      '?max-keys=1&delimiter=/',
      '?versions&max-keys=1',
      `/big?uploadId=${id}&max-parts=1`,
    ]) {
      const page = text(await get(target))
      expect(page).toContain('<IsTruncated>true</IsTruncated>')
      expect(page).not.toContain('<Next')
    }
    speak({ withoutMarkers: 'ListParts' })
    expect(text(await get('?list-type=2&max-keys=1'))).toContain('<NextContinuationToken>')
    expect(text(await get(`/big?uploadId=${id}&max-parts=1`))).not.toContain('<NextPartNumberMarker>')
  })

  test('may ignore the requested encoding, and may say so by an empty element', async () => {
    await putAll(['a b/ä'])
    expect(listed(await get('?list-type=2&encoding-type=url'))).toEqual(['a+b/%C3%A4'])
    speak({ encodingType: 'percent' })
    expect(listed(await get('?list-type=2&encoding-type=url'))).toEqual(['a%20b/%C3%A4'])
    speak({ encodingType: 'ignored' })
    expect(listed(await get('?list-type=2&encoding-type=url'))).toEqual(['a b/ä'])
    speak({ encodingType: 'empty' })
    const reply = await get('?list-type=2&encoding-type=url')
    expect([listed(reply), text(reply).includes('<EncodingType/>')]).toEqual([['a b/ä'], true])
  })
})

describe('documents', () => {
  const parser = new XMLParser({
    removeNSPrefix: true,
    parseTagValue: false,
    trimValues: true,
    htmlEntities: true,
  })
  const styles: [string, XmlStyle][] = [
    ['prefixes', { prefix: 's3' }],
    ['no namespace', { namespace: null }],
    ['CDATA', { cdata: true }],
    ['comments', { comments: true }],
    ['attributes', { attributes: true }],
    ['white space', { whitespace: 'inside' }],
    ['decimal references', { entities: 'decimal' }],
    ['hexadecimal references', { entities: 'hexadecimal' }],
    [
      'all of it',
      {
        prefix: 'ns0',
        comments: true,
        attributes: true,
        whitespace: 'inside',
        entities: 'decimal',
        namespace: 'urn:x',
      },
    ],
  ]
  const documents = ['?list-type=2&max-keys=2', '?versions', '?location', '/not-there', '/a?tagging']

  test.each(styles)('with %s mean the same to an XML parser', async (_name, xml) => {
    await putAll(['a', '<&>"\u{1F40B}]]>', "it's", 'z/'])
    for (const target of documents) {
      const plain = parser.parse(text(await get(target))) as unknown
      speak({ xml })
      const styled = text(await get(target))
      speak()
      const comparable = (document: unknown): string =>
        JSON.stringify(document).replaceAll(/"RequestId":"\w+"|"(?:xmlns[^"]*|a|note)":"[^"]*",?/g, '')
      expect(comparable(parser.parse(styled))).toBe(comparable(plain))
    }
  })

  test('may have other root names', async () => {
    speak({ xml: { roots: { InitiateMultipartUploadResult: 'InitiateMultipartUpload' } } })
    expect(text(await post('/big?uploads'))).toContain('<InitiateMultipartUpload xmlns')
  })

  test('with extensions have vendor elements before those of S3', async () => {
    await putAll(['a', 'b'])
    speak({ xml: { extensions: true } })
    const page = text(await get('?list-type=2&max-keys=1'))
    expect(page.indexOf('<IsTruncated>false')).toBeLessThan(page.indexOf('<IsTruncated>true'))
    expect(page).toContain('<Key>not-a-key</Key>')
  })
})

describe('ETags', () => {
  const plain = md5('a')

  test.each([
    ['upper-case', `"${plain.toUpperCase()}"`],
    ['unquoted', plain],
    ['weak', `W/"${plain}"`],
  ] as const)('may be %s in headers and documents', async (etags, written) => {
    speak({ etags })
    expect((await put('/a', 'a')).headers.etag).toBe(written)
    expect((await head('/a')).headers.etag).toBe(written)
    const page = text(await get('?list-type=2'))
    expect(page).toContain(`<ETag>${written.replaceAll('"', '&quot;')}</ETag>`)
    expect((await get('/a', { 'if-match': written })).status).toBe(200)
  })

  test('are accepted only in the case in which they were returned', async () => {
    await putAll(['a'])
    speak({ etags: 'upper-case' })
    expect((await get('/a', { 'if-match': `"${plain}"` })).status).toBe(412)
    const id = await uploadWithParts(1)
    const complete = (etag: string) =>
      post(
        `/big?uploadId=${id}`,
        `<CompleteMultipartUpload><Part><PartNumber>1</PartNumber><ETag>${etag}</ETag></Part></CompleteMultipartUpload>`,
      )
    expect((await complete(md5('part 1'))).code).toBe('InvalidPart')
    expect((await complete(md5('part 1').toUpperCase())).status).toBe(200)
  })

  test('of multipart objects may be of the whole, or opaque, and completing may return none', async () => {
    const complete = async (): Promise<string> => {
      const id = await uploadWithParts(1)
      const part = `<Part><PartNumber>1</PartNumber><ETag>${md5('part 1')}</ETag></Part>`
      const body = `<CompleteMultipartUpload>${part}</CompleteMultipartUpload>`
      return text(await post(`/big?uploadId=${id}`, body))
    }
    speak({ multipartEtags: 'whole' })
    expect(await complete()).toContain(`<ETag>&quot;${md5('part 1')}&quot;</ETag>`)
    speak({ multipartEtags: 'opaque' })
    expect(await complete()).not.toMatch(/<ETag>&quot;[0-9a-f]{32}/)
    speak({ completeEtag: 'empty' })
    expect(await complete()).toContain('<ETag/>')
    expect((await head('/big')).headers.etag).toMatch(/-1"$/)
  })

  test('of folders may be omitted', async () => {
    await putAll(['dir/', 'file'])
    speak({ folderEtags: 'writes' })
    expect((await put('/new/', '')).headers.etag).toBeDefined()
    expect((await head('/new/')).headers.etag).toBeUndefined()
    sandbox.store.delete('b', 'new/')
    speak({ folderEtags: 'none' })
    expect((await head('/dir/')).headers.etag).toBeUndefined()
    expect((await put('/new/', '')).headers.etag).toBeUndefined()
    expect((await head('/file')).headers.etag).toBeDefined()
    expect(text(await get('?list-type=2')).match(/<ETag>/g)).toHaveLength(2 - 1)
  })
})

describe('what describes an object', () => {
  const described = {
    'x-amz-tagging': 'a=b',
    'x-amz-meta-m': 'n',
    'content-type': 'text/html; charset=utf-8',
  }

  test('may have its tags uncounted, dropped or refused', async () => {
    speak({ taggingCount: false })
    await put('/k', 'x', described)
    expect((await head('/k')).headers['x-amz-tagging-count']).toBeUndefined()
    expect(text(await get('/k?tagging'))).toContain('<Key>a</Key>')

    speak({ tags: 'dropped' })
    expect((await put('/k', 'x', described)).status).toBe(200)
    const tagging = '<Tagging><TagSet><Tag><Key>c</Key><Value>d</Value></Tag></TagSet></Tagging>'
    expect((await put('/k?tagging', tagging)).status).toBe(200)
    expect(text(await get('/k?tagging'))).not.toContain('<Key>')

    speak({ tags: 'refused' })
    expect((await put('/k', 'x', described)).code).toBe('NotImplemented')
    expect((await get('/k?tagging')).code).toBe('NotImplemented')
  })

  test('may lose its metadata', async () => {
    speak({ metadata: 'dropped' })
    await put('/k', 'x', described)
    expect((await head('/k')).headers['x-amz-meta-m']).toBeUndefined()
  })

  test.each([
    ['base64-word', '=?UTF-8?B?R3LDtsOfZQ==?='],
    ['quoted-word', '=?UTF-8?Q?Gr=C3=B6=C3=9Fe?='],
    ['utf-8', Buffer.from('Größe').toString('latin1')],
  ] as const)('may have metadata as %s', async (metadataForm, written) => {
    speak({ metadataForm })
    await sandbox.store.put('b', 'k', 'x', { metadata: { size: 'Größe' } })
    expect((await head('/k')).headers['x-amz-meta-size']).toBe(written)
  })

  test('may have its type changed', async () => {
    speak({ contentType: (given) => given.replace('; charset=utf-8', ';charset=UTF-8') })
    await put('/k', 'x', described)
    expect((await head('/k')).headers['content-type']).toBe('text/html;charset=UTF-8')
  })
})

describe('headers of a request', () => {
  test('may be refused, by name, by the beginning of a name or by a function', async () => {
    await putAll(['k'])
    speak({ refuses: ['x-amz-checksum-mode', 'x-amz-meta-*'] })
    const refused = await get('/k', { 'x-amz-checksum-mode': 'ENABLED' })
    expect([refused.status, refused.code]).toEqual([501, 'NotImplemented'])
    expect(text(refused)).toContain('<Header>x-amz-checksum-mode</Header>')
    expect((await put('/k', 'x', { 'x-amz-meta-a': 'b' })).status).toBe(501)
    expect((await get('/k')).status).toBe(200)
    speak({ refuses: (name, value) => name === 'range' && value.endsWith('-') })
    expect((await get('/k', { range: 'bytes=0-' })).status).toBe(501)
    expect((await get('/k', { range: 'bytes=0-0' })).status).toBe(206)
  })

  test('may be ignored, and the refused and ignored headers of two dialects add up', async () => {
    await putAll(['k'])
    speak({ ignores: ['if-none-match'] }, { ignores: ['range'] })
    expect((await put('/k', 'new', { 'if-none-match': '*' })).status).toBe(200)
    expect((await get('/k', { range: 'bytes=0-0' })).status).toBe(200)
  })

  test('must contain a digest if the store requires one', async () => {
    speak({ checksums: 'required' })
    const bare = await put('/k', 'x')
    expect([bare.status, bare.code]).toEqual([400, 'InvalidRequest'])
    const digest = createHash('md5').update('x').digest('base64')
    expect((await put('/k', 'x', { 'content-md5': digest })).status).toBe(200)
    const sha256 = createHash('sha256').update('x').digest('base64')
    expect((await put('/k', 'x', { 'x-amz-checksum-sha256': sha256 })).status).toBe(200)
    const id = /<UploadId>([^<]+)/.exec(text(await post('/big?uploads')))![1]!
    expect((await put(`/big?uploadId=${id}&partNumber=1`, 'x')).code).toBe('InvalidRequest')
  })
})

describe('bodies', () => {
  test('may ignore or refuse part numbers', async () => {
    await putAll(['k'])
    expect((await get('/k?partNumber=1')).status).toBe(206)
    speak({ partNumbers: 'ignored' })
    expect((await get('/k?partNumber=1')).status).toBe(200)
    speak({ partNumbers: 'refused' })
    expect((await get('/k?partNumber=1')).code).toBe('NotImplemented')
  })

  test('may have no length, for GET only or for HEAD, too', async () => {
    await putAll(['k'])
    speak({ lengths: 'head-only' })
    const read = await get('/k')
    expect([read.headers['content-length'], read.headers['transfer-encoding'], text(read)]).toEqual([
      undefined,
      'chunked',
      'k',
    ])
    expect((await head('/k')).headers['content-length']).toBe('1')
    speak({ lengths: 'none' })
    expect((await head('/k')).headers['content-length']).toBeUndefined()
  })

  test('stored as gzip are decompressed for clients that do not accept gzip', async () => {
    const stored = gzipSync('plain text')
    await sandbox.store.put('b', 'k', stored, { headers: { 'content-encoding': 'gzip' } })
    speak({ gzip: 'transcoded' })
    const plain = await get('/k', { range: 'bytes=0-3' })
    expect([plain.status, text(plain), plain.headers['content-encoding']]).toEqual([
      200,
      'plain text',
      undefined,
    ])
    expect(plain.headers['content-length']).toBeUndefined()
    const asked = await get('/k', { 'accept-encoding': 'gzip' })
    expect([asked.body, asked.headers['content-encoding']]).toEqual([stored, 'gzip'])
  })

  test('stored as gzip may be abandoned while they are decompressed', async () => {
    const headers = { 'content-encoding': 'gzip' }
    await sandbox.store.put('b', 'k', gzipSync(randomBytes(100_000)), { headers })
    speak({ gzip: 'transcoded' })
    sandbox.setShape({ bandwidth: { sentBytesPerSecond: 20e6 } })
    const leave = async () => {
      const request = httpRequest({ port: sandbox.port, path: '/b/k', agent: false }).end()
      const [response] = (await once(request, 'response')) as [IncomingMessage]
      response.destroy()
    }
    for (let times = 1; times <= 10; times++) await Promise.all(Array.from({ length: 10 }, leave))
    await expect.poll(() => sandbox.requests.records.every(({ end }) => end !== null)).toBe(true)
    expect((await head('/k')).status).toBe(200)
  })
})

test('the dialects of known stores are valid', () => {
  for (const dialect of Object.values(KNOWN_DIALECTS)) expect(() => sandbox.setDialect(dialect)).not.toThrow()
})

describe('access', () => {
  test('a public bucket can be read without a signature, but not written', async () => {
    await using signed = await startSandbox({
      buckets: ['open', 'closed'],
      dialect: { publicBuckets: ['open'] },
    })
    await signed.store.put('open', 'k', 'x')
    const status = async (method: string, target: string) => (await ask(signed, { method, target })).status
    expect(await status('GET', '/open/k')).toBe(200)
    expect(await status('GET', '/open?list-type=2')).toBe(200)
    expect(await status('PUT', '/open/k')).toBe(403)
    expect(await status('GET', '/open/k?tagging')).toBe(403)
    expect(await status('GET', '/closed/k')).toBe(403)
  })

  test('keys may be treated as paths', async () => {
    speak({ slashes: 'path' })
    await put('/a//b', 'double')
    await put('//c', 'leading')
    expect(sandbox.store.keys('b')).toEqual(['a/b', 'c'])
    expect(text(await get('/a/b'))).toBe('double')
  })

  test('a signature over consecutive slashes fails where they are merged', async () => {
    await putAll(['a//b', 'a/b'])
    speak({ slashes: 'merged' })
    expect(text(await get('/a//b'))).toBe('a/b')
  })
})
