import fc from 'fast-check'
import { expect, it } from 'vitest'
import { compareFingerprints } from '../src/keys/fingerprint-order.js'
import { Memtable } from '../src/keys/memtable.js'

const word = fc.oneof(fc.nat({ max: 3 }), fc.nat({ max: 0xffff_ffff }))
const fingerprint = fc.tuple(word, word, word, word)

it('a memtable is equivalent to a map, and sorts it', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fingerprint, fc.nat({ max: 9 })), { maxLength: 300 }), (entries) => {
      const memtable = new Memtable(4)
      const model = new Map<string, number>()
      for (const [words, version] of entries) {
        memtable.set(...words, version)
        model.set(words.join(), version)
      }
      expect(memtable.size).toBe(model.size)
      for (const [words] of entries)
        expect(memtable.versions[memtable.find(...words)]).toBe(model.get(words.join()))
      expect(memtable.find(9, 9, 9, 9)).toBe(model.has('9,9,9,9') ? memtable.find(9, 9, 9, 9) : -1)
      const order = memtable.sorted()
      expect(new Set(order).size).toBe(model.size)
      for (let i = 1; i < order.length; i++) {
        expect(compareFingerprints(memtable.words, order[i - 1]!, memtable.words, order[i]!)).toBeLessThan(0)
      }
    }),
  )
})
