import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { MergeDebt } from '../commit/merge-debt.js'
import { throwingStateErrors } from '../errors.js'
import { CHUNK_BYTES } from '../keys/chunk.js'
import { createFingerprinter, SEED_BYTES } from '../keys/fingerprint.js'
import { EMPTY_KEY_SET } from '../keys/level-meta.js'
import { KeySet } from '../keys/level.js'
import { Lookup } from '../keys/lookup.js'
import { Memtable } from '../keys/memtable.js'
import { SEGMENT_CHUNKS } from '../keys/segment.js'
import { ChunkFile } from './chunk-file.js'

/** A set of keys that may be larger than memory, and is thrown away. */
export interface SeenKeys {
  /**
   * Adds keys. For each 1 = it was added before, or occurs earlier in `keys`; 0 = it is new, or null. Throws {@link StateError}
   * `LAGOON_STATE_DISK_FULL`, `_UNWRITABLE`.
   */
  add(keys: readonly (string | null)[]): Uint8Array
  /** Closes its file, which is the caller's to remove. */
  close(): void
}

/** How keys are written. */
export interface SeenKeysLayout {
  /** Keys in memory before they go to the file. */
  readonly entriesInMemory: number
  readonly chunkBytes: number
  readonly segmentChunks: number
}

const LAYOUT = { entriesInMemory: 65_536, chunkBytes: CHUNK_BYTES, segmentChunks: SEGMENT_CHUNKS }

/**
 * An empty set in a new file of the directory: sorted runs of fingerprints like those of a state, without transactions and without a
 * memory map. Throws {@link StateError} `LAGOON_STATE_UNWRITABLE`.
 */
export function openSeenKeys(directory: string): SeenKeys {
  return new FileOfKeys(directory, LAYOUT)
}

/** See {@link openSeenKeys}. */
export class FileOfKeys implements SeenKeys {
  readonly #directory: string
  readonly #chunks: ChunkFile
  readonly #keys: KeySet
  readonly #recent = new Memtable()
  readonly #entriesInMemory: number
  readonly #lookup = new Lookup()
  readonly #fingerprinter = createFingerprinter(randomBytes(SEED_BYTES))
  readonly #debt: MergeDebt

  constructor(directory: string, layout: SeenKeysLayout) {
    this.#entriesInMemory = layout.entriesInMemory
    this.#debt = new MergeDebt(layout)
    this.#directory = directory
    this.#chunks = throwingStateErrors(directory, () => new ChunkFile(join(directory, 'seen-keys')))
    const store = { directory, chunks: this.#chunks, segments: new SegmentMap() }
    this.#keys = new KeySet(
      store,
      NO_SNAPSHOT,
      { ...EMPTY_KEY_SET, slots: [] },
      {
        ...layout,
        addsOnlyNew: true,
      },
    )
  }

  add(keys: readonly (string | null)[]): Uint8Array {
    return throwingStateErrors(this.#directory, () => {
      const seen = this.#find(keys)
      const { words } = this.#lookup
      const recent = this.#recent
      for (let i = 0; i < keys.length; i++) {
        if (keys[i] == null || seen[i] === 1) continue
        const { size } = recent
        recent.set(words[i * 4]!, words[i * 4 + 1]!, words[i * 4 + 2]!, words[i * 4 + 3]!, 0)
        if (recent.size === size) seen[i] = 1
      }
      if (recent.size >= this.#entriesInMemory) this.#write()
      return seen
    })
  }

  close(): void {
    this.#chunks.close()
  }

  #find(keys: readonly (string | null)[]): Uint8Array {
    const sources = {
      fingerprinter: this.#fingerprinter,
      memtables: [this.#recent],
      find: this.#findInFile,
      hasFailed: () => false,
    }
    return this.#lookup.run(sources, keys, undefined)
  }

  readonly #findInFile = (batch: Parameters<KeySet['find']>[0]): void => this.#keys.find(batch)

  #write(): void {
    this.#debt.recorded(this.#recent.size)
    this.#commit(this.#recent)
    this.#recent.clear()
    while (this.#debt.share > 0 && this.#keys.mergeable) this.#commit(null)
  }

  #commit(memtable: Memtable | null): void {
    const plan = this.#keys.plan(memtable, this.#debt.share)
    this.#keys.write(plan)
    this.#keys.install(plan)
    this.#debt.moved(plan.step?.drafts.length ?? 0)
  }
}

/** Every read sees what was written last. */
const NO_SNAPSHOT = { options: {} }

/** The segments: 4 KB for 127,000 keys. */
class SegmentMap {
  readonly #segments = new Map<string, Uint8Array>()

  getBinaryFast(key: Uint8Array): Uint8Array | undefined {
    return this.#segments.get(Buffer.from(key).toString('latin1'))
  }

  put(key: Uint8Array, segment: Uint8Array): void {
    this.#segments.set(Buffer.from(key).toString('latin1'), segment)
  }

  remove(key: Uint8Array): void {
    this.#segments.delete(Buffer.from(key).toString('latin1'))
  }
}
