import { describe, expect, it } from 'vitest'
import { readSession } from '../src/options/directory-bucket.js'
import { readErrorBody } from '../src/failures/error-body.js'
import { parseEtag, unquoteEtag } from '../src/protocol/etag.js'
import { readSourceObject, type SourceObject } from '../src/protocol/object-headers.js'
import type { ResponseHeaders } from '../src/protocol/response-headers.js'

describe('the headers of an object', () => {
  it.each<[ResponseHeaders, Partial<SourceObject>]>([
    [{ 'content-length': '7' }, { sizeBytes: 7 }],
    [{ 'content-length': '7, 7' }, { sizeBytes: -1 }],
    [
      { 'content-length': undefined, etag: 'W/"a"' },
      { sizeBytes: -1, etag: 'a', rawEtag: 'W/"a"' },
    ],
    [{ 'content-encoding': 'gzip' }, { headers: ['content-encoding', 'gzip'] }],
    [{ 'content-encoding': 'aws-chunked' }, { headers: [] }],
    [{ 'content-encoding': 'aws-chunked, gzip,' }, { headers: ['content-encoding', 'gzip'] }],
    [{ 'cache-control': ['no-cache', 'private'] }, { headers: ['cache-control', 'no-cache,private'] }],
    [{ 'x-amz-version-id': 'v' }, { versionId: 'v' }],
    [{ 'x-amz-tagging-count': '2' }, { tagCount: 2 }],
    [{ 'x-amz-tagging-count': 'many' }, { tagCount: 0 }],
    [{ 'x-amz-storage-class': 'STANDARD_IA' }, { storageClass: 'STANDARD_IA' }],
    [{ 'x-amz-server-side-encryption': 'AES256' }, { etagIsDigest: true }],
    [{ 'x-amz-server-side-encryption': 'aws:kms' }, { etagIsDigest: false }],
    [{ 'x-amz-server-side-encryption-customer-algorithm': 'AES256' }, { etagIsDigest: false }],
    [{ 'x-amz-meta-a': 'b', server: 'c', date: 'd' }, { headers: ['x-amz-meta-a', 'b'] }],
  ])('%o say %o', (headers, expected) => {
    expect(readSourceObject(headers)).toMatchObject(expected)
  })
})

describe('an ETag', () => {
  const md5 = '9e107d9d372bb6826bd81d3542a419d6'

  it.each([
    [`"${md5}"`, { kind: 'md5', md5 }],
    [`W/"${md5}"`, { kind: 'md5', md5 }],
    [md5, { kind: 'md5', md5 }],
    [`"${md5}-12"`, { kind: 'parts', md5, parts: 12 }],
    [`"${md5}-0"`, { kind: 'opaque' }],
    [`"${md5.toUpperCase()}"`, { kind: 'md5', md5 }],
    [`"${md5.toUpperCase()}-3"`, { kind: 'parts', md5, parts: 3 }],
    ['"', { kind: 'opaque' }],
  ])('%s is %o', (header, expected) => {
    expect(parseEtag(unquoteEtag(header))).toEqual(expected)
  })
})

describe('a document of a store', () => {
  it('is an error only if it says so', () => {
    expect(readErrorBody('<Error xmlns="x"><Code>C</Code></Error>')).toEqual({
      code: 'C',
      message: '',
      region: '',
      endpoint: '',
      kind: 'error',
    })
    expect(readErrorBody('<html><Code>C</Code></html>')).toMatchObject({ code: '', kind: 'other' })
    expect(readErrorBody('<html><Error><Code>C').kind).toBe('other')
    expect(readErrorBody(' \r\n').kind).toBe('empty')
    expect(readErrorBody('<R><Error><Code> C\n</Code></Error></R>').code).toBe('C')
    expect(readErrorBody('<s3:Error xmlns:s3="x"><s3:Code>C</s3:Code></s3:Error>').code).toBe('C')
  })

  const keys = '<AccessKeyId>a</AccessKeyId><SecretAccessKey>s</SecretAccessKey>'
  const token = '<SessionToken>t</SessionToken>'
  const session = { accessKeyId: 'a', secretAccessKey: 's', sessionToken: 't' }

  it.each([
    [keys + token, session],
    [
      `${keys}${token}<Expiration>2026-01-01T00:00:00Z</Expiration>`,
      { ...session, expiration: new Date('2026-01-01') },
    ],
    [keys, null],
    [keys.replace('>s<', '><') + token, null],
    [keys.replace('>a<', '><') + token, null],
  ])('%s is the session %o', (xml, expected) => {
    expect(
      readSession(`<CreateSessionResult><Credentials>${xml}</Credentials></CreateSessionResult>`),
    ).toEqual(expected)
  })
})
