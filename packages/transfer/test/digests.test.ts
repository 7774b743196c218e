import { hash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { readSourceObject } from '../src/protocol/object-headers.js'
import { digestOf } from '../src/verify/verification.js'
import { md5Of } from './support/objects.js'

const body = Buffer.from('the bytes of an object')
const md5 = md5Of(body)
const ofOnePart = hash('md5', Buffer.from(md5, 'hex'), 'hex')
const none = '0'.repeat(32)

/** The digest of these bytes, said to be those of an object with this ETag. */
function digestFor(etag: string, takesMd5: boolean) {
  const object = readSourceObject({ 'content-length': String(body.length), etag: `"${etag}"` })
  return digestOf(object, body, takesMd5)
}

describe('bytes available', () => {
  it.each([
    ['its MD5', md5, false],
    ['that of an upload of one part', `${ofOnePart}-1`, false],
    ['that of an upload of one part', `${ofOnePart}-1`, true],
  ])('with the ETag of the source, which is %s, are proven by it', (_, etag, takesMd5) => {
    expect(digestFor(etag, takesMd5)).toMatchObject({ md5, fromSource: true, sendsMd5: takesMd5 })
  })

  it.each([
    ['an MD5', none, false],
    ['that of an upload of one part', `${none}-1`, true],
  ])('with another ETag than the source, which is %s, are never sent', (_, etag, takesMd5) => {
    expect(digestFor(etag, takesMd5)).toBeNull()
  })

  it.each([
    ['an upload of two parts', `${none}-2`],
    ['nothing known', 'opaque'],
  ])('of a source whose ETag is that of %s are not proven by it', (_, etag) => {
    expect(digestFor(etag, true)).toMatchObject({ md5, fromSource: false })
  })

  it('are sent with a CRC-32 to a destination without MD5', () => {
    expect(digestFor(md5, false)!.checksum).toMatchObject({ algorithm: 'crc32' })
    expect(digestFor(`${none}-2`, true)!.checksum).toBeNull()
  })
})
