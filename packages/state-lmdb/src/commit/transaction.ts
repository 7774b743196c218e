import { EMPTY_KEY_SET, type KeySetMeta } from '../keys/level-meta.js'
import type { KeySet, KeySetPlan } from '../keys/level.js'
import { fromJson, toJson, type LmdbStore } from '../lmdb/store.js'
import type { WriteBuffer } from './write-buffer.js'
import { NO_COUNTS, RecordWriter, type Counters } from '../records/writer.js'

/** What each commit leaves: the counters, and which runs hold the keys. */
export interface Index {
  readonly counters: Counters
  readonly keys: KeySetMeta
}

/** The index as the last commit wrote it, or that of a new state. Throws a `SyntaxError` for damage. */
export function decodeIndex(bytes: Uint8Array | undefined): Index {
  return fromJson<Index>(bytes) ?? { counters: NO_COUNTS, keys: EMPTY_KEY_SET }
}

/** What a transaction depends on. */
export interface Committed {
  readonly store: LmdbStore
  readonly keys: KeySet
  readonly counters: Counters
}

/** Commits a change of the records in a separate transaction; returns what it returns, and the counters from then on. */
export async function commitChange<T>(
  { store, keys, counters: before }: Committed,
  action: (writer: RecordWriter) => T,
): Promise<{ result: T; counters: Counters }> {
  let result!: T
  const counters = await inTransaction(store, before, (writer) => {
    result = action(writer)
    return keys.meta
  })
  return { result, counters }
}

/** Commits the outcomes, none for null, and a plan for the keys, in one transaction. */
export function commitBuffer(
  { store, keys, counters }: Committed,
  buffer: WriteBuffer | null,
  plan: KeySetPlan,
): Promise<Counters> {
  return inTransaction(store, counters, (writer) => {
    if (buffer !== null) {
      writer.removeCompleted(buffer.complete)
      for (const write of buffer.writes) write(writer)
      for (const failure of buffer.failures.values()) writer.putFailure(failure)
      if (buffer.generation !== undefined) writer.counters.journal = buffer.generation
    }
    writer.counters.complete += plan.added
    return keys.write(plan)
  })
}

async function inTransaction(
  store: LmdbStore,
  before: Counters,
  write: (writer: RecordWriter) => object,
): Promise<Counters> {
  let counters = before
  await store.env.childTransaction(() => {
    const writer = new RecordWriter(store, before)
    const keys = write(writer)
    counters = writer.end()
    void store.meta.put('index', toJson({ counters, keys }))
  })
  return counters
}
