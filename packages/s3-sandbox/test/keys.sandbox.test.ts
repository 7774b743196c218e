import fc from 'fast-check'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { startSandbox, type Sandbox } from '../src/index.js'
import { compareKeys } from '../src/store/compare-keys.js'
import { listPage } from '../src/store/list-page.js'
import { SortedKeys } from '../src/store/sorted-keys.js'
import { ask } from './ask.js'

let sandbox: Sandbox

beforeEach(async () => {
  sandbox = await startSandbox({ credentials: null, buckets: ['b'] })
})
afterEach(() => sandbox.close())

const key = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 12 })
const bytewise = (a: string, b: string): number => Math.sign(Buffer.compare(Buffer.from(a), Buffer.from(b)))

// As a client must send it: escaped once, never normalised.
test.each([
  ['a//b', '/b/a//b'],
  ['//', '/b///'],
  ['/lead', '/b//lead'],
  ['../x', '/b/../x'],
  ['./y', '/b/./y'],
  ['a/../../b', '/b/a/../../b'],
  ['a/.', '/b/a/.'],
  ['z%2Fz', '/b/z%252Fz'],
  ['a/b', '/b/a%2Fb'],
  ['a+b', '/b/a+b'],
  ['a b', '/b/a%20b'],
  ['#?', '/b/%23%3F'],
  ['nul\0x', '/b/nul%00x'],
  ['nl\nx', '/b/nl%0Ax'],
  ['😀', '/b/%F0%9F%98%80'],
  ['e\u0301', '/b/e%CC%81'],
  ['\u00e9', '/b/%C3%A9'],
  ['back\\slash', '/b/back%5Cslash'],
])('the key %j is addressed by the target %s', async (name, target) => {
  expect((await ask(sandbox, { method: 'PUT', target, body: 'here' })).status).toBe(200)
  expect(sandbox.store.keys('b')).toEqual([name])
  expect((await ask(sandbox, { target })).body.toString()).toBe('here')
})

test('a target that is not UTF-8, or badly escaped, is InvalidURI', async () => {
  for (const target of ['/b/%ff', '/b/%zz', '/b/%e2%82']) {
    expect((await ask(sandbox, { target })).code).toBe('InvalidURI')
  }
})

test('the bucket may be in the host name', async () => {
  await sandbox.store.put('b', 'deep/key', 'found')
  const headers = { host: `b.localhost:${sandbox.port}` }
  expect((await ask(sandbox, { target: '/deep/key', headers })).body.toString()).toBe('found')
  expect((await ask(sandbox, { target: '/?list-type=2', headers })).body.toString()).toContain(
    '<Key>deep/key</Key>',
  )
})

test('keys are ordered by their UTF-8 bytes', () => {
  fc.assert(
    fc.property(key, key, (a, b) => {
      expect(Math.sign(compareKeys(a, b))).toBe(bytewise(a, b))
    }),
  )
  expect(Math.sign(compareKeys('\uFFEE', '\u{1F600}'))).toBe(-1)
})

test('sorted keys stay sorted, whatever was added and removed before', () => {
  const change = fc.tuple(fc.boolean(), fc.constantFrom('a', 'b', 'c', 'd', 'é', '😀'), fc.boolean())
  fc.assert(
    fc.property(fc.array(change, { maxLength: 60 }), (changes) => {
      const keys = new SortedKeys()
      const expected = new Set<string>()
      const looks: boolean[] = []
      for (const [add, name, look] of changes) {
        if (add && !expected.has(name)) keys.add(name)
        if (!add && expected.has(name)) keys.remove(name)
        if (add) expected.add(name)
        else expected.delete(name)
        looks.push(look ? keys.inOrder().join() === [...expected].sort(bytewise).join() : true)
      }
      expect(looks).not.toContain(false)
      expect(keys.inOrder()).toEqual([...expected].sort(bytewise))
    }),
  )
})

test('the pages of a listing add up to the listing, for every size, prefix and delimiter', () => {
  const name = fc
    .array(fc.constantFrom('a', 'b', '/', '//', 'c'), { minLength: 1, maxLength: 6 })
    .map((parts) => parts.join(''))
  fc.assert(
    fc.property(
      fc.uniqueArray(name, { maxLength: 40 }),
      fc.constantFrom('', 'a', 'a/', '/', 'ab'),
      fc.constantFrom('', '/', 'b', '//'),
      fc.integer({ min: 1, max: 7 }),
      (names, prefix, delimiter, maxKeys) => {
        const keys = names.sort(bytewise)
        const entries: string[] = []
        for (const each of keys.filter((one) => one.startsWith(prefix))) {
          const cut = delimiter === '' ? -1 : each.indexOf(delimiter, prefix.length)
          const entry = cut === -1 ? `key ${each}` : `prefix ${each.slice(0, cut + delimiter.length)}`
          if (entries.at(-1) !== entry) entries.push(entry)
        }
        const found: string[] = []
        let after = ''
        for (;;) {
          const page = listPage(keys, { prefix, delimiter, after, maxKeys })
          const count = page.keys.length + page.commonPrefixes.length
          expect(count).toBeLessThanOrEqual(maxKeys)
          found.push(
            ...page.keys.map((one) => `key ${one}`),
            ...page.commonPrefixes.map((one) => `prefix ${one}`),
          )
          if (page.next === null) break
          expect(count).toBe(maxKeys)
          after = page.next
        }
        expect(found.sort()).toEqual(entries.sort())
      },
    ),
  )
})
