import { createServer } from 'node:http'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { describe, expect, it, onTestFinished } from 'vitest'
import { gzipSync } from 'node:zlib'
import { createStore, type Store } from '../src/index.js'
import { miniStore } from './support/mini-store.js'

const KEYS = Array.from({ length: 25 }, (_, index) => `p/${String(index).padStart(2, '0')}`)
const PAGE = 4

/** A page of a store's own making: the entries from `from` on, and other elements of the response. */
type Answer = (query: URLSearchParams) => {
  from: number
  more?: string
  isTruncated?: boolean
  keys?: readonly string[]
}

const entry = (key: string): string =>
  `<Contents><Key>${encodeURIComponent(key)}</Key><ETag>"e"</ETag><Size>1</Size></Contents>`

const pageOf = (inside: string, isTruncated = false): string =>
  `<ListBucketResult><IsTruncated>${isTruncated}</IsTruncated>${inside}</ListBucketResult>`

async function storeThat(answer: Answer): Promise<{ store: Store; queries: URLSearchParams[] }> {
  const queries: URLSearchParams[] = []
  const server = createServer((request, response) => {
    const query = new URL(request.url!, 'http://h').searchParams
    queries.push(query)
    const { from, more = '', keys = KEYS, isTruncated = from + PAGE < keys.length } = answer(query)
    const entries = keys.slice(from, from + PAGE).map(entry)
    response.end(
      `<ListBucketResult><EncodingType>url</EncodingType>${more}<IsTruncated>${isTruncated}</IsTruncated>${entries.join('')}</ListBucketResult>`,
    )
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const endpointUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const credentials = { accessKeyId: 'a', secretAccessKey: 'secret' }
  const store = createStore({ endpointUrl, region: 'us-east-1', bucket: 'b', credentials, proxy: 'none' })
  onTestFinished(async () => {
    await store.close()
    server.closeAllConnections()
    server.close()
  })
  return { store, queries }
}

async function listed(store: Store): Promise<string[]> {
  const keys: string[] = []
  for await (const { key } of store.list({ prefix: 'p/' })) keys.push(key)
  return keys
}

/** Where the keys after one begin. */
const after = (key: string | null): number => (key === null ? 0 : KEYS.filter((other) => other <= key).length)

describe('a listing is whole', () => {
  it.each<[string, Answer]>([
    [
      'of a store that names a token',
      (query) => {
        const from = Number(query.get('continuation-token') ?? 0)
        return {
          from,
          more: `<KeyCount>${KEYS.slice(from, from + PAGE).length}</KeyCount><NextContinuationToken>${from + PAGE}</NextContinuationToken>`,
        }
      },
    ],
    ['of a store that names no token', (query) => ({ from: after(query.get('start-after')) })],
    [
      'of a store that answers in version 1',
      (query) => ({
        from: after(query.get('marker')),
        more: '<Marker></Marker>',
      }),
    ],
    [
      'of a store that answers in version 1 and names the next marker',
      (query) => {
        const from = after(query.get('marker'))
        const next = KEYS[from + PAGE - 1]
        return {
          from,
          more: `<Marker/>${next === undefined ? '' : `<NextMarker>${encodeURIComponent(next)}</NextMarker>`}`,
        }
      },
    ],
    [
      'of a store that answers in version 1 and shows no marker',
      (query) => ({ from: after(query.get('marker')) }),
    ],
    [
      'of a store that begins with the key to begin after',
      (query) => ({
        from: Math.max(0, after(query.get('start-after')) - 1),
      }),
    ],
    [
      'of a store that gives pages without a key in between',
      (query) => {
        const step = Number(query.get('continuation-token') ?? 0)
        const from = step % 2 === 0 ? (step / 2) * PAGE : KEYS.length
        const isTruncated = step < 2 * Math.ceil(KEYS.length / PAGE) - 2
        return { from, isTruncated, more: `<NextContinuationToken>${step + 1}</NextContinuationToken>` }
      },
    ],
    [
      'of a store that says 1 for true',
      (query) => {
        const from = Number(query.get('continuation-token') ?? 0)
        const isTruncated = from + PAGE < KEYS.length
        const more = `<IsTruncated>${isTruncated ? 1 : 0}</IsTruncated><NextContinuationToken>${from + PAGE}</NextContinuationToken>`
        return { from, more, isTruncated }
      },
    ],
    [
      'of a store that calls full pages the last ones and names tokens',
      (query) => {
        const from = Number(query.get('continuation-token') ?? 0)
        const token =
          from + PAGE < KEYS.length ? `<NextContinuationToken>${from + PAGE}</NextContinuationToken>` : ''
        return { from, more: `<MaxKeys>${PAGE}</MaxKeys>${token}`, isTruncated: false }
      },
    ],
    [
      'of a store whose pages begin with the last key of the page before',
      (query) => {
        const at = Number(query.get('continuation-token') ?? 0)
        const token = `<NextContinuationToken>${at + PAGE - 1}</NextContinuationToken>`
        return { from: at, more: token, isTruncated: at + PAGE < KEYS.length }
      },
    ],
    [
      'of a store that writes blanks around words',
      (query) => {
        const from = Number(query.get('continuation-token') ?? 0)
        const isTruncated = from + PAGE < KEYS.length
        const more = `<IsTruncated> ${isTruncated}\n</IsTruncated><NextContinuationToken>${from + PAGE}</NextContinuationToken>`
        return { from, more, isTruncated }
      },
    ],
  ])('%s', async (_, answer) => {
    const { store } = await storeThat(answer)
    expect(await listed(store)).toEqual(KEYS)
  })

  it('of common prefixes at the end of a page', async () => {
    const directories = KEYS.map((key) => `${key}/`)
    const { store } = await storeThat((query) => {
      const from = directories.filter((name) => name <= (query.get('start-after') ?? '')).length
      // The store finds keys below the prefix that it ended with, and rolls them up again.
      const begin = Math.max(0, from - 1)
      const some = directories
        .slice(begin, begin + PAGE)
        .map((name) => `<CommonPrefixes><Prefix>${name}</Prefix></CommonPrefixes>`)
      return { from: KEYS.length, more: some.join(''), isTruncated: begin + PAGE < directories.length }
    })
    const prefixes: string[] = []
    for await (const prefix of store.listPrefixes({ prefix: 'p/' })) prefixes.push(prefix)
    expect(prefixes).toEqual(directories)
  })
})

describe('the keys of a page', () => {
  const entries = (...keys: string[]): string =>
    keys.map((key) => `<Contents><Key>${key}</Key><Size>1</Size></Contents>`).join('')
  const url = '<EncodingType>url</EncodingType>'

  it.each<[string, string | Buffer, string[], Record<string, string>?]>([
    ['with a plus beside %20', pageOf(url + entries('p/a%20b', 'p/c+d')), ['p/a b', 'p/c+d']],
    ['with a plus beside %2B', pageOf(url + entries('p/a+b', 'p/c%2Bd')), ['p/a b', 'p/c+d']],
    ['encoded in small letters', pageOf(url.replace('url', 'URL') + entries('p/%c3%a9%2f')), ['p/é/']],
    ['with a bare ampersand', pageOf(entries('p/AT&T')), ['p/AT&T']],
    ['with references', pageOf(entries('p/&#x1F600;&#13;&amp;')), ['p/😀\r&']],
    [
      'in another encoding',
      Buffer.from(`<?xml version="1.0" encoding="ISO-8859-1"?>${pageOf(entries('p/é'))}`, 'latin1'),
      ['p/é'],
    ],
    ['in UTF-16', Buffer.from(`\ufeff${pageOf(entries('p/é'))}`, 'utf16le'), ['p/é']],
    [
      'that only declares UTF-16',
      `<?xml version="1.0" encoding="utf-16"?>${pageOf(entries('p/é'))}`,
      ['p/é'],
    ],
    ['that is compressed', gzipSync(pageOf(entries('p/a'))), ['p/a'], { 'content-encoding': 'gzip' }],
    [
      'beside elements of a vendor',
      pageOf(`<X><Key>p/x</Key><IsTruncated>true</IsTruncated></X>${entries('p/a')}`),
      ['p/a'],
    ],
    ['with blanks at their ends', pageOf(entries('p/ a ')), ['p/ a ']],
  ])('%s are read', async (_, body, expected, headers = {}) => {
    const store = createStore((await miniStore(() => ({ body, headers }))).options('b'))
    onTestFinished(() => store.close())
    expect(await listed(store)).toEqual(expected)
  })

  it.each<[string, (from: number) => string]>([
    ['with tokens', (from) => `<NextContinuationToken>${from}</NextContinuationToken>`],
    ['without tokens', () => ''],
  ])('are rolled up where a store ignores the delimiter, %s', async (_, token) => {
    const keys = Array.from({ length: 20 }, (__, index) => `p/${index < 10 ? 'a' : 'b'}/${10 + index}`)
    const { options } = await miniStore(({ query }) => {
      const after = query.get('start-after') ?? query.get('marker') ?? ''
      const from = Number(query.get('continuation-token') ?? keys.filter((key) => key <= after).length)
      const isTruncated = from + 3 < keys.length
      const more = isTruncated ? token(from + 3) : ''
      return { body: pageOf(more + entries(...keys.slice(from, from + 3)), isTruncated) }
    })
    const store = createStore(options('b'))
    onTestFinished(() => store.close())
    const prefixes: string[] = []
    for await (const prefix of store.listPrefixes({ prefix: 'p/' })) prefixes.push(prefix)
    expect(prefixes).toEqual(['p/a/', 'p/b/'])
  })
})

describe('an incomplete listing is an error', () => {
  it.each<[string, Answer]>([
    ['where the same page comes whatever is asked for', () => ({ from: 0, isTruncated: true })],
    [
      'where the same token comes again',
      () => ({ from: 0, more: '<NextContinuationToken>t</NextContinuationToken>' }),
    ],
    [
      'where tokens come round',
      (query) => {
        const step = Number(query.get('continuation-token') ?? 0)
        const keys = KEYS.map((key) => `${key}-${step}`)
        return { from: step, keys, more: `<NextContinuationToken>${(step + 1) % 3}</NextContinuationToken>` }
      },
    ],
    [
      'where the same page comes with new tokens',
      (query) => ({
        from: 0,
        more: `<NextContinuationToken>${Number(query.get('continuation-token')) + 1}</NextContinuationToken>`,
      }),
    ],
    ['where more follows and no key is named', () => ({ from: KEYS.length, isTruncated: true })],
    [
      'where keys come in no order and no token is named',
      (query) => ({
        from: query.has('start-after') ? PAGE : 0,
        keys: KEYS.toReversed(),
      }),
    ],
  ])('%s', async (_, answer) => {
    const { store, queries } = await storeThat(answer)
    await expect(listed(store)).rejects.toMatchObject({ code: 'LAGOON_TRANSFER_LISTING_INCOMPLETE' })
    expect(queries.length).toBeLessThan(12)
  })

  it.each<[string, string]>([
    ['names keys of another prefix', '<Contents><Key>q/1</Key></Contents>'],
    ['has an invalid size', '<Contents><Key>p/1</Key><Size>-1</Size></Contents>'],
    ['has an entry without a key', '<Contents><Size>1</Size></Contents>'],
    ['says neither yes nor no to what follows', '<IsTruncated>perhaps</IsTruncated>'],
    ['counts more entries than it has', '<KeyCount>1</KeyCount>'],
  ])(
    'where it %s',
    async (_, more) => {
      const { store } = await storeThat(() => ({ from: KEYS.length, more }))
      await expect(listed(store)).rejects.toMatchObject({ code: 'LAGOON_TRANSFER_NOT_S3' })
    },
    20_000,
  )
})
