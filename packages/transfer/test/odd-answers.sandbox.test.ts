import { crc32, gzipSync } from 'node:zlib'
import { describe, expect, it, onTestFinished } from 'vitest'
import { createInspector, createSimpleRunner, createStore, type CopierOptions } from '../src/index.js'
import {
  errorDocument,
  md5Hex,
  miniStore,
  type MiniAnswer,
  type MiniRequest,
  type Override,
} from './support/mini-store.js'
import { bodyOf } from './support/objects.js'
import { testCopier } from './support/test-copier.js'

const MIB = 1024 ** 2
const runner = createSimpleRunner({ maxAttempts: 3, baseDelayMs: 0 })
const once = createSimpleRunner({ maxAttempts: 1 })
const BYTES = Buffer.from('bytes')
const MD5 = md5Hex(BYTES)
const page = '<html><body>not S3</body></html>'

async function stores(from?: Override, to?: Override, options: Partial<CopierOptions> = {}) {
  const source = await miniStore(from)
  const destination = await miniStore(to)
  source.objects.set('/from/k', BYTES)
  const sides = { source: source.options('from'), destination: destination.options('to') }
  return { source, destination, sides, copier: testCopier({ ...sides, ...options }) }
}

/** Answers so to one method. */
const to =
  (method: string, answer: MiniAnswer): Override =>
  (request) =>
    request.method === method ? answer : undefined

/** Answers so to the first request of one method. */
function toFirst(method: string, answer: MiniAnswer): Override {
  let isFirst = true
  return (request) => {
    if (request.method !== method || !isFirst) return undefined
    isFirst = false
    return answer
  }
}

/** Answers so to every request with a header. */
const toHeader =
  (name: string, answer: MiniAnswer): Override =>
  ({ headers }) =>
    headers[name] === undefined ? undefined : answer

const unsupported = (name: string): MiniAnswer => ({
  status: 400,
  body: errorDocument('InvalidArgument', `Unsupported header '${name}' received for this API call.`),
})

describe('a write that must not replace anything', () => {
  it.each<[string, MiniAnswer]>([
    ['a page', { status: 412, body: page }],
    ['a line of text', { status: 412, body: 'Precondition Failed' }],
    ['a document, although nothing is there', { status: 412, body: errorDocument('PreconditionFailed') }],
    ['nothing, although nothing is there', { status: 412 }],
  ])('is tried again after a 412 with %s', async (_, answer) => {
    const { destination, copier } = await stores(undefined, toFirst('PUT', answer), {
      overwrite: 'if-missing',
    })
    const result = await copier.copy({ key: 'k' }, runner)
    expect(result).toMatchObject({ ok: true, bytes: 5 })
    expect(result).not.toHaveProperty('skipped')
    expect(destination.objects.get('/to/k')).toEqual(BYTES)
  })

  it.each<[string, MiniAnswer]>([
    ['412 whatever is there', { status: 412, body: errorDocument('PreconditionFailed') }],
    ['501', { status: 501, body: errorDocument('NotImplemented') }],
    ['400 InvalidArgument', { status: 400, body: errorDocument('InvalidArgument') }],
    ['400 and its name', { status: 400, body: errorDocument('UnsupportedHeader', 'If-None-Match') }],
    ['403 and its name', { status: 403, body: errorDocument('AccessDenied', 'no if-none-match here') }],
    ['405 and its name', { status: 405, body: errorDocument('MethodNotAllowed', 'If-None-Match: *') }],
  ])('goes without the condition to a store that refuses it by %s', async (_, answer) => {
    const { source, destination, copier } = await stores(undefined, toHeader('if-none-match', answer), {
      overwrite: 'if-missing',
    })
    expect(await copier.copy({ key: 'k' }, runner)).toMatchObject({ ok: true, bytes: 5 })
    source.objects.set('/from/l', Buffer.from('more'))
    expect(await copier.copy({ key: 'l' }, once)).toMatchObject({ ok: true, bytes: 4 })
    expect(destination.objects.size).toBe(2)
  })

  it('fails, also the next time, where the store says that it removed a bad copy and did not', async () => {
    const keepsWrong: Override = ({ method, path }, objects) => {
      if (method === 'DELETE') return { status: 204 }
      if (method !== 'PUT') return undefined
      objects.set(path, Buffer.from('wrong'))
      return { headers: { etag: `"${md5Hex('wrong')}"` } }
    }
    const { copier } = await stores(undefined, keepsWrong, { overwrite: 'if-missing' })
    for (let times = 0; times < 2; times++)
      expect(await copier.copy({ key: 'k' }, runner)).toMatchObject({
        ok: false,
        failure: { code: 'ChecksumMismatch' },
      })
  })
})

describe('the answer to a PUT', () => {
  const other = '0'.repeat(32)
  const kms = 'x-amz-server-side-encryption'
  const stored = (answer: MiniAnswer): Override => {
    return ({ method, path, body }, objects) => {
      if (method !== 'PUT') return undefined
      objects.set(path, body)
      return answer
    }
  }

  it.each<[string, MiniAnswer, string]>([
    ['without quotes', { headers: { etag: MD5 } }, 'etag'],
    ['in capitals', { headers: { etag: `"${MD5.toUpperCase()}"` } }, 'etag'],
    ['that is weak', { headers: { etag: `W/"${MD5}"` } }, 'etag'],
    ['and status 204', { status: 204, headers: { etag: `"${MD5}"` } }, 'etag'],
    ['and status 201', { status: 201, headers: { etag: `"${MD5}"` } }, 'etag'],
    ['and blanks', { headers: { etag: `"${MD5}"` }, body: ' \r\n' }, 'etag'],
    ['of AES256 in small letters', { headers: { etag: `"${MD5}"`, [kms]: 'aes256' } }, 'etag'],
    ['that is not a digest', { headers: { etag: '"CJ3wgt0xEAE="' } }, 'content-md5'],
    ['of 32 characters that is not a digest', { headers: { etag: `"${'z'.repeat(32)}"` } }, 'content-md5'],
    ['of 40 digits', { headers: { etag: `"${'a'.repeat(40)}"` } }, 'content-md5'],
    ['of KMS', { headers: { etag: `"${other}"`, [kms]: 'aws:kms' } }, 'content-md5'],
    ['of two layers of KMS', { headers: { etag: `"${other}"`, [kms]: 'aws:kms:dsse' } }, 'content-md5'],
    [
      'of Google’s KMS',
      { headers: { etag: `"${other}"`, 'x-goog-encryption-kms-key-name': 'k' } },
      'content-md5',
    ],
    ['that is missing', {}, 'MalformedAnswer'],
    ['that is empty', { headers: { etag: '""' } }, 'MalformedAnswer'],
    ['of other bytes', { headers: { etag: `"${other}"` } }, 'ChecksumMismatch'],
    ['and a document', { headers: { etag: `"${MD5}"` }, body: '<PutObjectResult/>' }, 'MalformedAnswer'],
    ['and an error', { headers: { etag: `"${MD5}"` }, body: errorDocument('SlowDown') }, 'SlowDown'],
  ])('with an ETag %s is interpreted correctly', async (_, answer, expected) => {
    const { copier } = await stores(undefined, stored(answer))
    const result = await copier.copy({ key: 'k' }, once)
    expect(result.ok ? result.verification : result.failure.code).toBe(expected)
  })
})

describe('the answer to a GET', () => {
  const etag = `"${MD5}"`
  const opaque = '"CJ3wgt0xEAE="'
  const crc = 'x-amz-checksum-crc32'

  it.each<[string, MiniAnswer, string, string?]>([
    ['a weak ETag', { headers: { etag: `W/${etag}` } }, 'etag'],
    ['an ETag without quotes', { headers: { etag: MD5 } }, 'etag'],
    [
      'Google’s KMS',
      { headers: { etag: `"${'1'.repeat(32)}"`, 'x-goog-encryption-kms-key-name': 'k' } },
      'sent-md5',
    ],
    [
      'Google’s customer key',
      { headers: { etag: `"${'1'.repeat(32)}"`, 'x-goog-encryption-algorithm': 'AES256' } },
      'sent-md5',
    ],
    ['a checksum of other bytes', { headers: { etag: opaque, [crc]: 'AAAAAA==' } }, 'ChecksumMismatch'],
    ['a checksum of its parts', { headers: { etag: opaque, [crc]: 'AAAAAA==-3' } }, 'sent-md5'],
    [
      'a checksum of its parts without their number',
      { headers: { etag: opaque, [crc]: 'AAAAAA==', 'x-amz-checksum-type': 'COMPOSITE' } },
      'sent-md5',
    ],
    ['an empty checksum', { headers: { etag: opaque, [crc]: '' } }, 'sent-md5'],
    [
      'the mode that was asked for',
      { headers: { etag: opaque, 'x-amz-checksum-mode': 'ENABLED' } },
      'sent-md5',
    ],
    ['an empty ETag', { headers: { etag: '""' } }, 'MalformedAnswer'],
    [
      'a part that nobody asked for',
      { status: 206, headers: { etag, 'content-range': 'bytes 0-4/5' } },
      'MalformedAnswer',
    ],
    ['something transformed', { status: 203, headers: { etag } }, 'MalformedAnswer'],
    ['nothing', { status: 204, headers: { etag }, body: '' }, 'MalformedAnswer'],
    ['that it was not modified', { status: 304, headers: { etag }, body: '' }, 'Http304'],
    ['another version', { headers: { etag, 'x-amz-version-id': 'other' } }, 'MalformedAnswer', 'mine'],
    ['the version', { headers: { etag, 'x-amz-version-id': 'a+b/c=' } }, 'etag', 'a+b/c='],
    ['no version', { headers: { etag } }, 'etag', 'mine'],
  ])('with %s is interpreted correctly', async (_, answer, expected, versionId) => {
    const { copier } = await stores(to('GET', { body: BYTES, ...answer }))
    const result = await copier.copy({ key: 'k', ...(versionId !== undefined && { versionId }) }, once)
    expect(result.ok ? result.verification : result.failure.code).toBe(expected)
  })

  it.each<[string, MiniAnswer]>([
    ['501', { status: 501, body: errorDocument('NotImplemented') }],
    ['400, as Backblaze B2 does', unsupported('x-amz-checksum-mode')],
    ['400 and its name', { status: 400, body: errorDocument('InvalidRequest', 'x-amz-checksum-mode') }],
  ])('of a store that refuses to be asked for checksums by %s costs one request', async (_, answer) => {
    const { source, sides, copier } = await stores(toHeader('x-amz-checksum-mode', answer))
    for (const destinationKey of ['a', 'b'])
      expect(await copier.copy({ key: 'k', destinationKey }, runner)).toMatchObject({ ok: true })
    const asking = source.requests.filter(({ headers }) => headers['x-amz-checksum-mode'] !== undefined)
    expect(asking).toHaveLength(1)
    const inspector = createInspector({ ...sides, checksums: true })
    onTestFinished(() => inspector.close())
    expect(await inspector.head('source', { key: 'k' })).toMatchObject({ ok: true, value: { sizeBytes: 5 } })
  })

  it('of the head may leave out checksums that the reader may not see', async () => {
    const denies: Override = ({ method, headers }) =>
      method === 'HEAD' && headers['x-amz-checksum-mode'] !== undefined ? { status: 403 } : undefined
    const { sides } = await stores(denies)
    const inspector = createInspector({ ...sides, checksums: true })
    onTestFinished(() => inspector.close())
    expect(await inspector.head('source', { key: 'k' })).toMatchObject({ ok: true, value: { sizeBytes: 5 } })
  })
})

describe('a range', () => {
  const whole = bodyOf(1000)
  const etag = `"${md5Hex(whole)}"`
  const [start, end] = [10, 500]
  const part = whole.subarray(start, end)
  const ranged = (headers: Record<string, string>, body: Buffer | string = part, status = 206): Override => {
    return ({ headers: { range } }) =>
      range === undefined ? undefined : { status, headers: { etag, ...headers }, body }
  }
  const forgets: Override = toHeader('if-match', { status: 412, body: errorDocument('PreconditionFailed') })
  const weak: Override = (request: MiniRequest) =>
    forgets(request, new Map()) ??
    (request.headers.range === undefined
      ? { headers: { etag: `W/${etag}`, 'content-length': whole.length } }
      : ranged({ etag: `W/${etag}`, 'content-range': 'bytes 10-499/1000' })(request, new Map()))

  it.each<[string, Override, string]>([
    ['without the size of the whole', ranged({ 'content-range': 'bytes 10-499/*' }), 'read'],
    ['with its unit in capitals', ranged({ 'content-range': 'Bytes 10-499/1000' }), 'read'],
    ['of a store that does not know its ETags again', forgets, 'read'],
    ['of a store with weak ETags, which match nothing', weak, 'read'],
    ['from another place', ranged({ 'content-range': 'bytes 11-500/1000' }), 'WRONG_RANGE'],
    ['that is not named', ranged({ 'content-range': 'bytes */1000' }), 'WRONG_RANGE'],
    ['in several parts', ranged({ 'content-type': 'multipart/byteranges; boundary=x' }), 'WRONG_RANGE'],
    [
      'compressed on the way',
      ranged({ 'content-encoding': 'gzip', 'content-range': 'bytes 10-499/1000' }, gzipSync(part)),
      'WRONG_RANGE',
    ],
    ['of the whole object', ranged({}, whole, 200), 'WRONG_RANGE'],
    ['of another object', ranged({ etag: '"x"', 'content-range': 'bytes 10-499/1000' }), 'OBJECT_CHANGED'],
    ['refused by a page', ranged({}, page, 412), 'REQUEST_FAILED'],
  ])('%s: %s', async (_, from, expected) => {
    const { source, sides } = await stores(from)
    source.objects.set('/from/k', whole)
    const store = createStore(sides.source)
    onTestFinished(() => store.close())
    const read = store.read({ key: 'k', start, end, etag: md5Hex(whole) }).then(
      (bytes) => (Buffer.from(bytes).equals(part) ? 'read' : 'other bytes'),
      ({ code }: { code: string }) => code.replace('LAGOON_TRANSFER_', ''),
    )
    expect(await read).toBe(expected)
  })
})

describe('attributes that are copied with an object', () => {
  it.each<[string, Record<string, string>]>([
    ['an empty value', { 'x-amz-meta-a': '' }],
    ['an encoded word', { 'x-amz-meta-a': '=?UTF-8?B?R3LDvMOfZQ==?=' }],
    ['an underscore in a name', { 'x-amz-meta-a_b': '1' }],
    ['several blanks', { 'x-amz-meta-a': 'a   b' }],
    ['a list', { 'x-amz-meta-a': 'a, b,c', 'cache-control': 'max-age=0, no-cache' }],
    ['an invalid date', { expires: '-1' }],
    ['a file name of RFC 5987', { 'content-disposition': "attachment; filename*=UTF-8''%e2%82%ac.txt" }],
    ['languages', { 'content-language': 'de, en-GB' }],
    ['a redirect', { 'x-amz-website-redirect-location': '/x y' }],
  ])('is %s, as it is', async (_, headers) => {
    const { destination, copier } = await stores(
      to('GET', { headers: { etag: `"${MD5}"`, ...headers }, body: BYTES }),
    )
    expect(await copier.copy({ key: 'k' }, once)).toMatchObject({ ok: true })
    expect(destination.requests.find(({ method }) => method === 'PUT')!.headers).toMatchObject(headers)
  })

  const tagging = (count: number, tags: string): Override => {
    return ({ method, query }) => {
      if (method !== 'GET') return undefined
      if (query.has('tagging')) return { body: `<Tagging><TagSet>${tags}</TagSet></Tagging>` }
      return { headers: { etag: `"${MD5}"`, 'x-amz-tagging-count': count }, body: BYTES }
    }
  }
  const tag = '<Tag><Key>a</Key><Value>b</Value></Tag>'

  it.each<[string, Override, Override | undefined, string]>([
    ['that are counted and not shown', tagging(2, tag), undefined, 'MalformedAnswer'],
    [
      'that Backblaze B2 refuses',
      tagging(1, tag),
      toHeader('x-amz-tagging', unsupported('x-amz-tagging')),
      'TagsRefused',
    ],
  ])('are not tags %s', async (_, from, destination, code) => {
    const { copier } = await stores(from, destination, { tags: true })
    expect(await copier.copy({ key: 'k' }, once)).toMatchObject({ ok: false, failure: { code } })
  })

  const large = bodyOf(2 * MIB)
  const sum = Buffer.alloc(4)
  sum.writeUInt32BE(crc32(large))
  const checksummed = to('GET', {
    headers: { etag: '"opaque"', 'x-amz-checksum-crc32': sum.toString('base64') },
    body: large,
  })

  it.each<[string, MiniAnswer]>([
    ['501', { status: 501, body: errorDocument('NotImplemented') }],
    ['400, as Backblaze B2 does', unsupported('x-amz-checksum-crc32')],
    ['400', { status: 400, body: errorDocument('InvalidRequest', 'Checksum type is not supported') }],
  ])('is no checksum where the destination refuses it by %s', async (_, answer) => {
    const { destination, copier } = await stores(checksummed, toHeader('x-amz-checksum-crc32', answer))
    expect(await copier.copy({ key: 'k' }, runner)).toMatchObject({ ok: true })
    expect(destination.objects.get('/to/k')!.equals(large)).toBe(true)
  })

  it.each([
    'Content-MD5 HTTP header is required for Put Object requests with Object Lock parameters',
    'Missing required header for this request: Content-MD5',
    'Content MD5 is required',
    'ContentMD5 required',
  ])('is a digest where the destination says: %s', async (message) => {
    const demands: Override = ({ method, headers }) =>
      method === 'PUT' && headers['content-md5'] === undefined
        ? { status: 400, body: errorDocument('InvalidRequest', message) }
        : undefined
    const { source, destination, sides } = await stores(undefined, demands)
    source.objects.set('/from/k', large)
    const copier = testCopier({ ...sides, source: { ...sides.source, etags: 'opaque' } })
    expect(await copier.copy({ key: 'k' }, runner)).toMatchObject({ ok: true })
    expect(destination.objects.get('/to/k')!.equals(large)).toBe(true)
  })
})
