import fc from 'fast-check'
import { statSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { openSeenKeys } from '../src/index.js'
import { FileOfKeys } from '../src/seen/seen-keys.js'
import { histories, temporaryDirectory } from './helpers.js'

/** So small that a hundred keys make many runs and merges. */
const TINY = { entriesInMemory: 16, chunkBytes: 84, segmentChunks: 2 }

function tiny(directory = temporaryDirectory()): FileOfKeys {
  const seen = new FileOfKeys(directory, TINY)
  onTestFinished(() => seen.close())
  return seen
}

const namesFrom = (first: number, count: number): string[] =>
  Array.from({ length: count }, (_, i) => `lake/${first + i}`)

describe('keys that were seen', () => {
  it('are distinguished from new ones, even within the same call', () => {
    const seen = openSeenKeys(temporaryDirectory())
    onTestFinished(() => seen.close())
    expect([...seen.add(['a', 'b', null, 'a'])]).toEqual([0, 0, 0, 1])
    expect([...seen.add(['b', 'c', null, 'a', 'c', ''])]).toEqual([1, 0, 0, 1, 1, 0])
  })

  it('are those of a set in memory, however they are written and merged', () => {
    const keys = fc.array(fc.option(fc.nat({ max: 300 }).map(String)), { maxLength: 60 })
    fc.assert(
      fc.property(fc.array(keys, { maxLength: 20 }), (calls) => {
        const seen = tiny()
        const model = new Set<string>()
        for (const call of calls) {
          const expected = call.map((key) => {
            const known = key !== null && model.has(key)
            if (key !== null) model.add(key)
            return Number(known)
          })
          expect([...seen.add(call)]).toEqual(expected)
        }
      }),
      { numRuns: histories(30) },
    )
  })

  it('stay known over hundreds of runs and merges, which leave no more in the file than they need', () => {
    const directory = temporaryDirectory()
    const seen = tiny(directory)
    for (let first = 0; first < 5000; first += 100)
      expect(seen.add(namesFrom(first, 100)).some((answer) => answer !== 0)).toBe(false)
    expect(seen.add(namesFrom(0, 5000)).every((answer) => answer === 1)).toBe(true)
    const { size, mode } = statSync(join(directory, 'seen-keys'))
    expect(mode & 0o777).toBe(0o600)
    // Five keys a chunk, each with room for 4,072 bytes: three times, for merges in progress and for blocks in partial use.
    expect(size).toBeLessThan((3 * 4072 * 5000) / 5)
  })

  it('need a directory in which a file can be created', () => {
    const unwritable = expect.objectContaining({ name: 'StateError', code: 'LAGOON_STATE_UNWRITABLE' })
    expect(() => openSeenKeys(join(temporaryDirectory(), 'none'))).toThrow(unwritable)
    const taken = temporaryDirectory()
    tiny(taken)
    expect(() => openSeenKeys(taken)).toThrow(unwritable)
  })
})
