import fc from 'fast-check'
import { expect, test } from 'vitest'
import { printable, printableJson } from '../src/text/printable.js'

// oxlint-disable-next-line no-control-regex
const raw = /[\u0000-\u001F\u007F-\u009F\u2028-\u202E\u2066-\u2069]/

test.each([
  ['\u001b[31mred', '\\x1b[31mred'],
  ['a\nb\tc\r', 'a\\nb\\tc\\r'],
  ['\u009b2J', '\\x9b2J'],
  ['evil\u202egpj.exe', 'evil\\u202egpj.exe'],
  ['naïve/日本語/🦑', 'naïve/日本語/🦑'],
])('%j is shown as %s', (given, shown) => {
  expect(printable(given)).toBe(shown)
})

test('no key can send a control character to the terminal, as text or as JSON', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (key) => {
      expect(printable(key)).not.toMatch(raw)
      expect(printableJson({ key })).not.toMatch(raw)
    }),
  )
})

test('printed JSON parses to the original value', () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.string({ unit: 'binary' }), (value, key) => {
      const data = { value, key }
      expect(JSON.parse(printableJson(data))).toEqual(JSON.parse(JSON.stringify(data)))
    }),
  )
})
