import type { KeySet, KeySetPlan } from '../keys/level.js'
import { toJson, type LmdbStore } from '../lmdb/store.js'
import type { WriteBuffer } from './write-buffer.js'
import { RecordWriter, type Counters } from '../records/writer.js'

/** What a transaction depends on. */
export interface Committed {
  readonly store: LmdbStore
  readonly keys: KeySet
  readonly counters: Counters
}

/** Commits a change of the records in a separate transaction; returns the counters from then on. */
export function commitChange(
  { store, keys, counters }: Committed,
  action: (writer: RecordWriter) => void,
): Promise<Counters> {
  return inTransaction(store, counters, (writer) => {
    action(writer)
    return keys.meta
  })
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
