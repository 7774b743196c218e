import { startSandbox, type FaultAction } from '@lagoon/s3-sandbox'
import { describe, expect, it, onTestFinished } from 'vitest'
import { createSimpleRunner, createStore } from '../src/index.js'
import { bodyOf } from './support/objects.js'
import { putPartsInSandbox } from './support/put-parts-in-sandbox.js'
import { sandboxOptions, sandboxPair } from './support/sandbox-pair.js'
import { testCopier } from './support/test-copier.js'

const MIB = 1024 ** 2
const runner = createSimpleRunner({ maxAttempts: 2, baseDelayMs: 0 })
const page = '<html><body>Sign in to this network</body></html>'
const says = (headers: Record<string, string>, body = page, status = 200): FaultAction => ({
  type: 'answer',
  status,
  headers,
  body,
})
const malformed = { ok: false, failure: { class: 'transient', code: 'MalformedAnswer' } }

describe('a page instead of a response', () => {
  it.each<[string, FaultAction]>([
    ['with any ETag', says({ 'content-type': 'text/html', etag: '"abc"' })],
    [
      'with the MD5 of itself',
      says({ 'content-type': 'text/html; charset=utf-8', etag: '"2f7ff9b4a5d1b9a3a5a1bb7b1d3a1a11"' }),
    ],
    ['in XHTML', says({ 'content-type': 'application/xhtml+xml', etag: 'W/"abc"' })],
  ])('to the GET, %s, is tried again and never copied', async (_, action) => {
    const { source, destination, copier } = await sandboxPair()
    await source.store.put('from', 'k', 'bytes')
    const fault = source.faults.add({ operation: 'GetObject', action })
    expect(await copier().copy({ key: 'k' }, runner)).toMatchObject(malformed)
    expect(destination.store.keys('to')).toEqual([])
    fault.remove()
    expect(await copier().copy({ key: 'k' }, runner)).toMatchObject({ ok: true })
  })

  it.each<[string, FaultAction]>([
    ['a page', says({ 'content-type': 'text/html', etag: '"abc"' })],
    ['a page without its kind', says({ etag: '"abc"' })],
    ['JSON', says({ 'content-type': 'application/json', etag: '"abc"' }, '{"ok":true}')],
    ['a long page', says({ etag: '"abc"' }, page.repeat(5000))],
  ])('to the PUT, %s, is a failed attempt, whatever ETag it has', async (_, action) => {
    const { source, destination, copier } = await sandboxPair()
    await source.store.put('from', 'k', 'bytes')
    destination.faults.add({ operation: 'PutObject', times: 1, action })
    expect(await copier().copy({ key: 'k' }, runner)).toMatchObject({ ok: true, attempts: 2 })
    destination.faults.add({ operation: 'PutObject', action })
    expect(await copier().copy({ key: 'k' }, runner)).toMatchObject(malformed)
  })

  it('is copied if it is the object itself', async () => {
    const { source, destination, copier } = await sandboxPair()
    await source.store.put('from', 'k', page, { headers: { 'content-type': 'text/html' } })
    expect(await copier().copy({ key: 'k' }, runner)).toMatchObject({ ok: true, verification: 'etag' })
    expect((await destination.store.get('to', 'k'))!.bytes.toString()).toBe(page)
  })

  it.each(['CreateMultipartUpload', 'UploadPart', 'CompleteMultipartUpload'] as const)(
    'to %s is a failed attempt',
    async (operation) => {
      const { source, destination, copier } = await sandboxPair()
      await putPartsInSandbox(source, 'from', 'k', bodyOf(5 * MIB + 9), 5 * MIB)
      const fault = { operation, times: 1, action: says({ 'content-type': 'text/html', etag: '"abc"' }) }
      destination.faults.add(fault)
      expect(await copier().copy({ key: 'k' }, runner)).toMatchObject({ ok: true, verification: 'etag' })
    },
  )

  it('to a PUT that consists of blanks is not a page', async () => {
    const { source, destination, copier } = await sandboxPair()
    await source.store.put('from', 'k', '')
    const empty = '"d41d8cd98f00b204e9800998ecf8427e"'
    destination.faults.add({ operation: 'PutObject', action: says({ etag: empty }, ' \r\n') })
    expect(await copier().copy({ key: 'k' }, runner)).toMatchObject({ ok: true, verification: 'etag' })
  })
})

describe('an upload for which the store returns another ETag', () => {
  const other = '0'.repeat(32)
  const done = (etag: string): FaultAction =>
    says({}, `<CompleteMultipartUploadResult><ETag>"${etag}"</ETag></CompleteMultipartUploadResult>`)

  it.each([
    ['than its parts make', `${other}-2`],
    ['of fewer parts', `${other}-1`],
    ['in capitals than its parts make', `${'ABCDEF01'.repeat(4)}-2`],
  ])('%s has failed', async (_, etag) => {
    const { source, destination, copier } = await sandboxPair()
    await putPartsInSandbox(source, 'from', 'k', bodyOf(5 * MIB + 9), 5 * MIB)
    destination.faults.add({ operation: 'CompleteMultipartUpload', action: done(etag) })
    expect(await copier().copy({ key: 'k' }, runner)).toMatchObject({
      ok: false,
      failure: { class: 'transient', code: 'ChecksumMismatch' },
    })
  })

  it.each([
    ['that is not a digest', 'CJ3wgt0xEAE='],
    ['that is one of something else', other],
  ])('%s is verified by its parts', async (_, etag) => {
    const { source, destination, copier } = await sandboxPair()
    await putPartsInSandbox(source, 'from', 'k', bodyOf(5 * MIB + 9), 5 * MIB)
    destination.faults.add({ operation: 'CompleteMultipartUpload', action: done(etag) })
    expect(await copier().copy({ key: 'k' }, runner)).toMatchObject({ ok: true, verification: 'stream-md5' })
  })
})

describe('a copy within the store', () => {
  async function oneStore(options: { tags?: boolean } = {}) {
    const sandbox = await startSandbox({ buckets: ['from', 'to'] })
    onTestFinished(() => sandbox.close())
    await sandbox.store.put('from', 'k', 'bytes', { tags: { a: '1' } })
    const copier = testCopier({
      source: sandboxOptions(sandbox, 'from'),
      destination: sandboxOptions(sandbox, 'to'),
      ...options,
    })
    return { sandbox, copier }
  }

  it.each([
    ['takes tags along where they are wanted', true, { a: '1' }],
    ['leaves them where they are not', false, {}],
  ])('%s', async (_, tags, expected) => {
    const { sandbox, copier } = await oneStore({ tags })
    expect(await copier.copy({ key: 'k' }, runner)).toMatchObject({ ok: true })
    expect(sandbox.requests.byOperation).toMatchObject({ CopyObject: 1 })
    expect((await sandbox.store.get('to', 'k'))!.tags).toEqual(expected)
  })

  it('that lost the tags gets them written apart', async () => {
    const { sandbox, copier } = await oneStore({ tags: true })
    const hold = sandbox.hold({ operation: 'GetObjectTagging', bucket: 'to' })
    const copy = copier.copy({ key: 'k' }, runner)
    await hold.arrived()
    await sandbox.store.put('to', 'k', 'bytes')
    hold.release()
    const result = await copy
    expect(result).toMatchObject({ ok: true })
    expect(result).not.toHaveProperty('warning')
    expect((await sandbox.store.get('to', 'k'))!.tags).toEqual({ a: '1' })
  })

  it('that has another MD5 than the source is repeated through this machine', async () => {
    const { sandbox, copier } = await oneStore()
    const etag = `"${'0'.repeat(32)}"`
    const action = says({}, `<CopyObjectResult><ETag>${etag}</ETag></CopyObjectResult>`)
    sandbox.faults.add({ operation: 'CopyObject', action })
    expect(await copier.copy({ key: 'k' }, runner)).toMatchObject({ ok: true, verification: 'etag' })
    expect(sandbox.requests.byOperation).toMatchObject({ CopyObject: 2, GetObject: 1, PutObject: 1 })
  })

  it.each([
    ['InternalError', 500],
    ['NoSuchKey', 404],
    ['InvalidArgument', 400],
    ['SomethingOfItsOwn', 400],
    ['AccessDenied', 403],
  ])('that is refused with %s is made through this machine, once', async (code, status) => {
    const { sandbox, copier } = await oneStore()
    sandbox.faults.add({ operation: 'CopyObject', action: { type: 'error', code, status } })
    expect(await copier.copy({ key: 'k' }, runner)).toMatchObject({ ok: true, verification: 'etag' })
  })
})

describe('a hexadecimal ETag in capitals', () => {
  it('is the MD5 that it represents: a flipped byte is not stored, and the ETag is returned unchanged', async () => {
    const { source, copier } = await sandboxPair()
    const bytes = Buffer.from('some bytes')
    const etag = '"A7FDE9D4FD8E8B3A0ED38EB2A2A0FF69"'
    source.faults.add({ operation: 'GetObject', action: says({ etag }, bytes.toString()) })
    expect(await copier().copy({ key: 'k' }, runner)).toMatchObject({
      ok: false,
      failure: { code: 'BadDigest' },
    })
  })

  it('is equal to the same in lower case', async () => {
    const { source, destination, copier } = await sandboxPair()
    await source.store.put('from', 'k', 'bytes')
    const etag = source.store.keys('from').length > 0 ? '"4B3A6218BB3E3A7303E8A171A60FCF92"' : ''
    destination.faults.add({ operation: 'PutObject', action: says({ etag }, '') })
    expect(await copier().copy({ key: 'k' }, runner)).toMatchObject({
      ok: true,
      verification: 'etag',
      etag: '4B3A6218BB3E3A7303E8A171A60FCF92',
    })
  })
})

describe('a 404', () => {
  const absent = (headers: Record<string, string>, body = ''): FaultAction => says(headers, body, 404)

  it('that is a page says nothing about the object', async () => {
    const { source, copier } = await sandboxPair()
    await source.store.put('from', 'k', 'bytes')
    source.faults.add({
      operation: 'GetObject',
      times: 1,
      action: absent({ 'content-type': 'text/html' }, page),
    })
    expect(await copier().copy({ key: 'k' }, runner)).toMatchObject({ ok: true, attempts: 2 })
    source.faults.add({ operation: 'GetObject', action: absent({}, 'default backend - 404') })
    expect(await copier().copy({ key: 'k' }, runner)).toMatchObject({
      ok: false,
      failure: { class: 'transient', code: 'Http404' },
    })
  })

  it('without a body is trusted only after a second request', async () => {
    const { source, copier } = await sandboxPair()
    await source.store.put('from', 'k', 'bytes')
    const once = source.faults.add({ operation: 'GetObject', times: 1, action: absent({}) })
    expect(await copier().copy({ key: 'k' }, runner)).toMatchObject({ ok: true, attempts: 2 })
    once.remove()
    source.faults.add({ operation: 'GetObject', action: absent({}) })
    const bucket = source.faults.add({ operation: 'ListObjectsV2', action: absent({}) })
    expect(await copier().copy({ key: 'k' }, runner)).toMatchObject({
      ok: false,
      failure: { class: 'transient', code: 'Http404' },
    })
    bucket.remove()
    expect(await copier().copy({ key: 'k' }, runner)).toMatchObject({
      ok: false,
      attempts: 1,
      failure: { class: 'missing', code: 'NoSuchKey' },
    })
  })

  it.each<[string, FaultAction]>([
    ['a page', absent({}, page)],
    ['nothing', absent({})],
    ['a document', { type: 'error', code: 'NoSuchKey', status: 404 }],
  ])('to a PUT, with %s, never says that the key is missing', async (_, action) => {
    const { source, destination, copier } = await sandboxPair()
    await source.store.put('from', 'k', 'bytes')
    destination.faults.add({ operation: 'PutObject', times: 1, action })
    expect(await copier().copy({ key: 'k' }, runner)).toMatchObject({ ok: true, attempts: 2 })
    destination.faults.add({ operation: 'PutObject', action })
    expect(await copier().copy({ key: 'k' }, runner)).toMatchObject({
      ok: false,
      failure: { class: 'transient', code: 'Http404' },
    })
  })

  it.each([301, 401, 403, 407, 410, 412, 416])('or %d that is a page is retried', async (status) => {
    const { source, copier } = await sandboxPair()
    await source.store.put('from', 'k', 'bytes')
    source.faults.add({ operation: 'GetObject', times: 1, action: says({}, page, status) })
    expect(await copier().copy({ key: 'k' }, runner)).toMatchObject({ ok: true, attempts: 2 })
  })
})

describe('a failure', () => {
  const secretAccessKey = 'se/cret+key=="quoted"'
  const sessionToken = 'to/ken+of&a<session>=='

  it.each<[string, (text: string) => string]>([
    ['as it is', (text) => text],
    ['in base64', (text) => Buffer.from(text).toString('base64')],
    ['URL-encoded', encodeURIComponent],
    ['in JSON', (text) => JSON.stringify({ header: text })],
  ])('shows no secret that the store shows %s', async (_, form) => {
    const { source, copier } = await sandboxPair()
    const credentials = { accessKeyId: 'AKIAEXAMPLE', secretAccessKey, sessionToken }
    const shown = `received: ${form(sessionToken)} and ${form(secretAccessKey)}`
    const document = `<Error><Code>AccessDenied</Code><Message>${shown.replaceAll('&', '&amp;').replaceAll('<', '&lt;')}</Message></Error>`
    source.faults.add({ operation: 'GetObject', action: says({}, document, 403) })
    const options = { ...sandboxOptions(source, 'from'), credentials }
    const result = await copier({ source: options }).copy({ key: 'k' }, runner)
    const message = result.ok ? '' : result.failure.message
    expect(message).toContain('received: ')
    expect(message).not.toContain(form(sessionToken))
    expect(message).not.toContain(form(secretAccessKey))
    expect(message).not.toContain('cret')
    expect(message).not.toContain('ken')
  })

  it('has a short message and one of few codes, however long and many those of the store are', async () => {
    const { source } = await sandboxPair()
    const store = createStore(sandboxOptions(source, 'from'))
    onTestFinished(() => store.close())
    const { copier } = {
      copier: testCopier({
        source: sandboxOptions(source, 'from'),
        destination: { ...sandboxOptions(source, 'to') },
        serverSideCopy: 'never',
      }),
    }
    const codes = new Set<string>()
    for (let index = 0; index < 100; index++) {
      const long = index === 0 ? 'x'.repeat(500) : `Own${index}`
      const document = `<Error><Code>${long}</Code><Message>${'m'.repeat(50_000)}</Message></Error>`
      source.faults.clear()
      source.faults.add({ operation: 'GetObject', action: says({}, document, 400) })
      const result = await copier.copy({ key: 'k' }, runner)
      if (result.ok) continue
      codes.add(result.failure.code)
      expect(result.failure.message.length).toBeLessThan(1100)
      expect(result.failure.code.length).toBeLessThanOrEqual(64)
    }
    expect(codes.size).toBeLessThanOrEqual(65)
  })
})
