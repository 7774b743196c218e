import { beforeAll, expect, test } from 'vitest'
import { decodeListedKey } from '../../src/index.js'
import { describeContract, elements, md5Base64 } from './stores.js'

// Keys that every store keeps unchanged. MinIO refuses `//`, `.` and `..` as segments, drops a leading slash, and cannot store `a` beside
// `a/b`; the sandbox's own tests cover those.
const KEYS = [
  'plain.txt',
  'dir/inner',
  'dir/inner2',
  'trailing/',
  'c+d',
  'c d',
  'percent%2Fslash',
  '%',
  '%zz',
  'q?x#y&z=1',
  'quote\'"<x>',
  'star*!()',
  'tab\tx',
  'line\nx',
  'return\rx',
  '\u0001control',
  '\u007Fdel',
  '__proto__',
  '~tilde',
  'p:q;r,s@t',
  'back\\slash',
  'dot.',
  'pipe|x{}[]^`',
  'ü composed',
  'u\u0308 decomposed',
  '\uFFEE high',
  '\u{1F600} astral',
  'k'.repeat(200) + '/' + 'l'.repeat(200),
]

const byBytes = (a: string, b: string): number => Buffer.compare(Buffer.from(a), Buffer.from(b))

describeContract('keys', (store) => {
  beforeAll(async () => {
    for (const key of KEYS) {
      const put = await store.ask({ method: 'PUT', key, body: `body of ${key}` })
      expect([key, put.status]).toEqual([key, 200])
    }
  })

  test('every key holds the bytes that were put under it', async () => {
    for (const key of KEYS) {
      expect((await store.get(key)).body.toString()).toBe(`body of ${key}`)
    }
  })

  test('a listing contains every key, in byte order', async () => {
    const listed = await store.ask({ query: 'encoding-type=url&list-type=2' })
    expect(elements(listed, 'Key').map(decodeListedKey)).toEqual(KEYS.toSorted(byBytes))
  })

  test('pages of any size add up to the listing', async () => {
    for (const size of [1, 3, KEYS.length]) {
      const seen: string[] = []
      let token = ''
      do {
        const after = token && `continuation-token=${encodeURIComponent(token)}&`
        const page = await store.ask({ query: `${after}encoding-type=url&list-type=2&max-keys=${size}` })
        expect(elements(page, 'Key').length).toBeLessThanOrEqual(size)
        seen.push(...elements(page, 'Key').map(decodeListedKey))
        token = elements(page, 'NextContinuationToken')[0] ?? ''
        expect(elements(page, 'IsTruncated')).toEqual([String(token !== '')])
      } while (token !== '')
      expect(seen).toEqual(KEYS.toSorted(byBytes))
    }
  })

  test('a key of more than 1,024 bytes is refused', async () => {
    const refused = await store.put('k'.repeat(1025), 'x')
    expect([refused.status, refused.code]).toEqual([400, 'KeyTooLongError'])
  })

  test('a plus in the path is a plus, and an escaped slash is a slash', async () => {
    expect((await store.ask({ target: `/${store.bucket}/c%2Bd` })).body.toString()).toBe('body of c+d')
    expect((await store.ask({ target: `/${store.bucket}/dir/inner` })).status).toBe(200)
    expect((await store.get('percent/slash')).status).toBe(404)
  })

  test('DeleteObjects finds keys with markup and control characters', async () => {
    const asXml = (key: string): string =>
      key.replaceAll(/[&<>"'\t\n\r]/g, (char) => `&#x${char.charCodeAt(0).toString(16)};`)
    const keys = ['quote\'"<x>', 'tab\tx', 'line\nx', 'return\rx', 'q?x#y&z=1', 'c d']
    const body = `<Delete>${keys.map((key) => `<Object><Key>${asXml(key)}</Key></Object>`).join('')}</Delete>`
    const reply = await store.ask({
      method: 'POST',
      query: 'delete=',
      body,
      headers: { 'content-md5': md5Base64(body) },
    })
    expect(reply.status).toBe(200)
    for (const key of keys) expect([key, (await store.head(key)).status]).toEqual([key, 404])
  })
})
