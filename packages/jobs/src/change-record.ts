import type { Clock, RecordStore, StoredRecord } from './ports.js'

/** How one record is read, changed and written. */
export interface RecordChanger<T> {
  readonly key: string
  readonly decode: (stored: StoredRecord) => T
  readonly encode: (value: T) => Uint8Array
  /** What it should hold, or null to leave it. Called again when somebody else was faster, so it must be pure. */
  readonly change: (present: T | null) => T | null
}

/**
 * Changes a record by compare-and-set, as often as it takes. Repeating the call after a lost response is safe where `change` finds that
 * nothing is left to do.
 *
 * @returns what the record held before, or what the record holds now when it was changed
 */
export async function changeRecord<T>(
  { records, clock }: { readonly records: RecordStore; readonly clock: Clock },
  { key, decode, encode, change }: RecordChanger<T>,
): Promise<{ value: T | null; changed: boolean }> {
  for (let attempt = 0; ; attempt += 1) {
    const stored = await records.get(key)
    const present = stored === null ? null : decode(stored)
    const next = change(present)
    if (next === null) return { value: present, changed: false }
    const written =
      stored === null
        ? await records.create(key, encode(next))
        : await records.replace(key, encode(next), stored.revision)
    if (written !== null) return { value: next, changed: true }
    // Others write it too: a short random pause tells them apart.
    if (attempt > 2) await clock.sleep(Math.random() * Math.min(200, 5 * 2 ** attempt))
  }
}
