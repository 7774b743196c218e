import type { InspectedObject } from '@lagoon/transfer'
import { expect, test } from 'vitest'
import { compareObjects } from '../src/verify/compare-objects.js'

const a = 'a'.repeat(32)
const b = 'b'.repeat(32)
const plain = { checksums: false, metadata: false, tags: false }
const all = { checksums: true, metadata: true, tags: true }

function object(figures: Partial<InspectedObject> = {}): InspectedObject {
  return {
    sizeBytes: 1,
    etag: a,
    etagIsDigest: true,
    checksums: {},
    headers: [],
    storageClass: undefined,
    ...figures,
  }
}

test.each([
  ['equal ETags are the same', {}, {}, { same: true, by: 'etag' }],
  ['equal ETags of parts are the same', { etag: `${a}-2` }, { etag: `${a}-2` }, { same: true, by: 'etag' }],
  ['ETags of different parts say nothing', { etag: `${a}-2` }, { etag: `${b}-3` }, { by: 'size' }],
  ['an ETag of parts and an MD5 say nothing', { etag: `${a}-2` }, { etag: b }, { by: 'size' }],
  ['different MD5 differ', {}, { etag: b }, { code: 'LAGOON_SYNC_VERIFY_ETAG_DIFFERS' }],
  ['an ETag that encryption made is not an MD5', {}, { etag: b, etagIsDigest: false }, { by: 'size' }],
  ['ETags that are missing say nothing', { etag: '' }, { etag: '' }, { by: 'size' }],
  ['different sizes differ', {}, { sizeBytes: 2 }, { code: 'LAGOON_SYNC_VERIFY_SIZE_DIFFERS' }],
])('%s', (_, source, destination, verdict) => {
  expect(compareObjects(object(source), object(destination), plain)).toMatchObject(verdict)
})

test('an object that one side lacks differs', () => {
  expect(compareObjects(null, object(), all)).toMatchObject({ code: 'LAGOON_SYNC_VERIFY_SOURCE_MISSING' })
  expect(compareObjects(object(), null, all)).toMatchObject({
    code: 'LAGOON_SYNC_VERIFY_DESTINATION_MISSING',
  })
})

test('checksums decide if ETags cannot be compared, and only on request', () => {
  const source = object({ etag: `${a}-2`, checksums: { crc32: 'AAAA', sha256: 'x' } })
  const copy = object({ etag: b, checksums: { crc32: 'AAAA' } })
  expect(compareObjects(source, copy, plain)).toMatchObject({ by: 'size' })
  expect(compareObjects(source, copy, all)).toMatchObject({ by: 'checksum' })
  const other = object({ etag: b, checksums: { crc32: 'AAAB' } })
  expect(compareObjects(source, other, plain)).toMatchObject({ same: true })
  expect(compareObjects(source, other, all)).toMatchObject({
    code: 'LAGOON_SYNC_VERIFY_CHECKSUM_DIFFERS',
    message: 'crc32 AAAA at the source, AAAB at the destination',
  })
})

test.each([
  [
    ['content-type', 'text/plain'],
    ['content-type', 'text/html'],
  ],
  [[], ['x-amz-meta-owner', 'somebody']],
  [['cache-control', 'no-store'], []],
])('metadata %j and %j differ, on request', (source, destination) => {
  const [original, copy] = [object({ headers: source }), object({ headers: destination })]
  expect(compareObjects(original, copy, plain)).toMatchObject({ same: true })
  expect(compareObjects(original, copy, all)).toMatchObject({ code: 'LAGOON_SYNC_VERIFY_METADATA_DIFFERS' })
})

test('the order of headers does not matter', () => {
  const original = object({ headers: ['content-type', 'a/b', 'x-amz-meta-a', '1'] })
  const copy = object({ headers: ['x-amz-meta-a', '1', 'content-type', 'a/b'] })
  expect(compareObjects(original, copy, all)).toMatchObject({ same: true, by: 'etag' })
})

const utf8 = (text: string): string => Buffer.from(text).toString('latin1')

test.each([
  ['content-type', 'text/html; charset=utf-8', 'text/html;charset=UTF-8'],
  ['content-type', 'Text/HTML; Charset="utf-8"; a=b', 'text/html;a=b;charset=utf-8'],
  ['x-amz-meta-name', '=?UTF-8?B?w7xiZXI=?=', utf8('über')],
  ['x-amz-meta-name', '=?utf-8?q?=C3=BCber_alles?=', utf8('über alles')],
  ['x-amz-meta-name', '=?UTF-8?Q?=C3=BCber?= =?UTF-8?Q?all?=', utf8('überall')],
  ['x-amz-meta-name', '=?ISO-8859-1?Q?=FCber?=', utf8('über')],
  ['cache-control', 'no-cache, max-age=0', 'max-age=0,no-cache'],
  ['expires', 'Thu, 01 Jan 2026 00:00:00 GMT', '2026-01-01T00:00:00Z'],
])('%s is the same as %j and as %j', (name, one, other) => {
  const [source, copy] = [object({ headers: [name, one] }), object({ headers: [name, other] })]
  expect(compareObjects(source, copy, all)).toMatchObject({ same: true })
  expect(compareObjects(copy, source, all)).toMatchObject({ same: true })
})

test.each([
  ['content-type', 'text/html; charset=utf-8', 'text/html; charset=latin1'],
  ['content-type', 'text/html', 'text/plain'],
  ['x-amz-meta-name', '=?UTF-8?B?w7xiZXI=?=', 'uber'],
  ['x-amz-meta-name', 'a', 'A'],
  ['cache-control', 'no-cache', 'no-store'],
])('%s differs between %j and %j', (name, one, other) => {
  const [source, copy] = [object({ headers: [name, one] }), object({ headers: [name, other] })]
  expect(compareObjects(source, copy, all)).toMatchObject({ code: 'LAGOON_SYNC_VERIFY_METADATA_DIFFERS' })
})

test('an ETag in capitals is the same, tags count only on request', () => {
  expect(compareObjects(object(), object({ etag: a.toUpperCase() }), plain)).toMatchObject({ by: 'etag' })
  const [source, copy] = [object({ tags: 'a=b' }), object({ tags: '' })]
  expect(compareObjects(source, copy, plain)).toMatchObject({ same: true })
  expect(compareObjects(source, copy, all)).toMatchObject({ code: 'LAGOON_SYNC_VERIFY_TAGS_DIFFER' })
})
