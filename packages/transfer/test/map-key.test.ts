import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { mapKey } from '../src/index.js'

describe('mapping a key', () => {
  it('keeps it unchanged by default, byte for byte', () => {
    fc.assert(
      fc.property(fc.string(), (key) => {
        expect(mapKey(key, {})).toBe(key)
      }),
    )
  })

  it('strips and adds prefixes literally, and is reversed by the opposite mapping', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), fc.string(), (key, from, to) => {
        const mapped = mapKey(from + key, { stripPrefix: from, addPrefix: to })
        expect(mapped).toBe(to + key)
        expect(mapKey(mapped!, { stripPrefix: to, addPrefix: from })).toBe(from + key)
      }),
    )
  })

  it('refuses a key without the prefix, so that no two keys become one', () => {
    expect(mapKey('b', { stripPrefix: 'a/' })).toBeNull()
    expect(mapKey('a/b', { stripPrefix: 'a/' })).toBe('b')
  })
})
