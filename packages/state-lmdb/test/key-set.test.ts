import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { emptyBatch, fillBatch } from '../src/keys/lookup-batch.js'
import { EMPTY_KEY_SET } from '../src/keys/level-meta.js'
import { loadKeySet, type KeySet } from '../src/keys/level.js'
import { openLmdb, type LmdbStore } from '../src/lmdb/store.js'
import { Memtable } from '../src/keys/memtable.js'
import { Snapshot } from '../src/lmdb/snapshot.js'
import { histories, temporaryDirectory } from './helpers.js'

/** So small that five fingerprints fill a chunk, or four with versions, and two chunks a segment. */
const LAYOUT = { chunkBytes: 84, segmentChunks: 2 }

type Words = [number, number, number, number]

const COUNT = 64

/** Sixty-four fingerprints, four of which share the bits by which a chunk is found. */
function wordsOf(index: number): Words {
  const which = index & 3
  const shared = ((index >> 2) & 1) * 2048
  return [index >> 3, shared + Number(which === 3), Number(which === 2), Number(which === 1)]
}

const words = fc.nat({ max: COUNT - 1 }).map(wordsOf)
const entry = fc.tuple(words, fc.constantFrom(0, 0, 0, 1, 2))
const step = fc.oneof(
  fc.record({ do: fc.constant('commit' as const), entries: fc.array(entry, { maxLength: 40 }) }),
  fc.record({ do: fc.constant('merge' as const), segments: fc.integer({ min: 1, max: 4 }) }),
  fc.record({ do: fc.constant('forget' as const), words }),
  fc.record({ do: fc.constantFrom('reload' as const, 'mergeAll' as const) }),
)

/** The key set on disk and, beside it, a map that says what must be in it. */
class Pair {
  readonly model = new Map<string, number>()
  readonly #store: LmdbStore
  readonly #snapshot: Snapshot
  #keys: KeySet

  private constructor(store: LmdbStore) {
    this.#store = store
    this.#snapshot = new Snapshot(store)
    this.#keys = loadKeySet(store, this.#snapshot, EMPTY_KEY_SET, LAYOUT)
  }

  static async open(): Promise<Pair> {
    return new Pair(await openLmdb(temporaryDirectory(), () => {}))
  }

  get runs(): number {
    return this.#keys.runs
  }

  async close(): Promise<void> {
    this.#snapshot.release()
    await this.#store.env.close()
  }

  /** Another set from what the last one would have written to `meta`. */
  reload(): void {
    this.#keys = loadKeySet(this.#store, this.#snapshot, structuredClone(this.#keys.meta), LAYOUT)
  }

  commit(entries: readonly (readonly [Words, number])[], segments = 0, compact = false): void {
    const memtable = new Memtable()
    for (const [at, version] of entries) memtable.set(...at, version)
    const plan = this.#keys.plan(memtable, segments, compact)
    let meta: object = {}
    this.#store.env.transactionSync(() => void (meta = this.#keys.write(plan)))
    this.#snapshot.renew()
    this.#keys.install(plan)
    expect(this.#keys.meta).toEqual(meta)
    const before = this.model.size
    for (const [at, version] of entries) this.model.set(at.join(), version)
    expect(plan.added).toBe(this.model.size - before)
  }

  mergeAll(): void {
    while (this.runs > 1) this.commit([], 3, true)
  }

  forget(at: Words): void {
    let was = false
    this.#store.env.transactionSync(() => void (was = this.#keys.forget(Uint32Array.from(at))))
    this.#snapshot.renew()
    expect(was).toBe(this.model.delete(at.join()))
  }

  /** What the set says of all fingerprints there can be. */
  contents(): Map<string, number> {
    const all = new Memtable()
    for (let index = 0; index < COUNT; index++) all.set(...wordsOf(index), 0)
    all.set(0, 5000, 0, 0, 0)
    all.set(99, 0, 0, 0, 0)
    const batch = emptyBatch(all.size)
    fillBatch(batch, all.words, all.sorted(), all.size)
    this.#keys.find(batch)
    const { words, found, versions } = batch
    const contents = new Map<string, number>()
    for (let i = 0; i < all.size; i++)
      if (found[i] === 1) contents.set(words.subarray(i * 4, i * 4 + 4).join(), versions[i]!)
    return contents
  }
}

describe('the set of complete keys', () => {
  it('is equivalent to a map, with the latest version, through commits, merges, forgetting and reloads', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 30 }), async (steps) => {
        const pair = await Pair.open()
        for (const it of steps) {
          if (it.do === 'commit') pair.commit(it.entries)
          else if (it.do === 'merge') pair.commit([], it.segments)
          else if (it.do === 'forget') pair.forget(it.words)
          else if (it.do === 'reload') pair.reload()
          else pair.mergeAll()
          expect(pair.contents()).toEqual(pair.model)
        }
        await pair.close()
      }),
      { numRuns: histories(30) },
    )
  })

  it('finds and forgets fingerprints that share 53 bits across three chunks and two segments', async () => {
    const pair = await Pair.open()
    pair.commit([
      [[0, 2048, 0, 0], 0],
      [[4, 2048, 1, 0], 0],
      [[0, 0, 0, 0], 2],
      [[4, 2048, 0, 1], 2],
      [[0, 0, 0, 1], 0],
      [[0, 0, 1, 0], 0],
      [[0, 1, 0, 0], 0],
    ])
    pair.commit([
      [[0, 2048, 1, 0], 0],
      [[4, 2048, 0, 0], 0],
      [[0, 2048, 0, 1], 0],
    ])
    pair.commit([], 1)
    pair.commit([], 1)
    expect(pair.contents()).toEqual(pair.model)
    const all = [...pair.model.keys()].map((text) => text.split(',').map(Number) as Words)
    for (const words of all) {
      pair.forget(words)
      expect(pair.contents()).toEqual(pair.model)
    }
    expect(pair.model.size).toBe(0)
    await pair.close()
  })

  it('is one run once everything is merged, even if merging keys are forgotten', async () => {
    const pair = await Pair.open()
    for (let run = 0; run < 4; run++) {
      const indexes = Array.from({ length: COUNT }, (_, i) => i).filter((i) => i % 4 >= run)
      pair.commit(indexes.map((i) => [wordsOf(i), run]))
    }
    pair.commit([], 1)
    // More than the chunks that are next to be moved hold.
    for (let index = 0; index < 32; index++) pair.forget(wordsOf(index))
    pair.reload()
    expect(pair.contents()).toEqual(pair.model)
    pair.mergeAll()
    expect(pair.runs).toBe(1)
    expect(pair.contents()).toEqual(pair.model)
    expect(pair.model.size).toBe(COUNT - 32)
    await pair.close()
  })

  it('accepts no new run for keys that it has in the same version', async () => {
    const pair = await Pair.open()
    const entries = Array.from({ length: 9 }, (_, i): [Words, number] => [wordsOf(i), i & 1])
    pair.commit(entries)
    pair.commit(entries)
    expect(pair.runs).toBe(1)
    pair.commit([[wordsOf(3), 2]])
    expect(pair.runs).toBe(2)
    expect(pair.contents()).toEqual(pair.model)
    await pair.close()
  })
})
