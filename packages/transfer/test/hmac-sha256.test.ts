import { createHmac } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { HmacSha256 } from '../src/s3/hmac-sha256.js'

function code(key: Uint8Array, message: string): string {
  const hmac = new HmacSha256(key, message.length)
  hmac.write(message, 0)
  return hmac.digest()
}

describe('HMAC-SHA-256', () => {
  // https://www.rfc-editor.org/rfc/rfc4231#section-4
  it.each([
    [
      '1',
      Buffer.alloc(20, 0x0b),
      'Hi There',
      'b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7',
    ],
    [
      '2',
      Buffer.from('Jefe'),
      'what do ya want for nothing?',
      '5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843',
    ],
    [
      '3',
      Buffer.alloc(20, 0xaa),
      '\xdd'.repeat(50),
      '773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe',
    ],
  ])('has the code of test case %s of RFC 4231', (_, key, message, expected) => {
    expect(code(key, message)).toBe(expected)
  })

  it("agrees with Node's for any key up to a block and any message", () => {
    const latin1 = fc.string({ unit: fc.integer({ min: 0, max: 255 }).map((at) => String.fromCharCode(at)) })
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), latin1, (key, message) => {
        expect(code(key, message)).toBe(createHmac('sha256', key).update(message, 'latin1').digest('hex'))
      }),
    )
  })

  it('accepts a key of a whole block, and refuses a longer one', () => {
    const whole = createHmac('sha256', Buffer.alloc(64, 1)).update('x').digest('hex')
    expect(code(Buffer.alloc(64, 1), 'x')).toBe(whole)
    expect(() => new HmacSha256(Buffer.alloc(65), 1)).toThrow(
      new RangeError('an HMAC key longer than a block has to be hashed first'),
    )
  })

  it('keeps what was written, so that only changes are written again', () => {
    const key = Buffer.from('key')
    const hmac = new HmacSha256(key, 10)
    hmac.write('day one: ', 0)
    hmac.write('a', 9)
    expect(hmac.digest()).toBe(code(key, 'day one: a'))
    hmac.write('b', 9)
    expect(hmac.digest()).toBe(code(key, 'day one: b'))
    expect(hmac.digest()).toBe(code(key, 'day one: b'))
  })

  it('treats unwritten bytes as zeros', () => {
    const key = Buffer.from('key')
    const hmac = new HmacSha256(key, 3)
    hmac.write('c', 2)
    expect(hmac.digest()).toBe(code(key, '\0\0c'))
  })

  it('refuses text that exceeds the message, and leaves the message unchanged', () => {
    const key = Buffer.from('key')
    const hmac = new HmacSha256(key, 4)
    hmac.write('abcd', 0)
    expect(() => hmac.write('xy', 3)).toThrow(new RangeError('the text does not fit the message'))
    expect(hmac.digest()).toBe(code(key, 'abcd'))
  })
})
