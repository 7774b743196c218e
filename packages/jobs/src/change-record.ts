import type { Clock, RecordStore, StoredRecord } from './ports.js'

/** How one record is read, changed and written. */
interface RecordChanger<T> {
  readonly key: string
  readonly decode: (stored: StoredRecord) => T
  readonly encode: (value: T) => Uint8Array
  /** Its new value, or null to leave it as it is. Called again after a concurrent write, so it must be pure. */
  readonly change: (present: T | null) => T | null
}

/**
 * Changes a record by compare-and-set, retrying until it succeeds. Safe to repeat after a lost response if `change` returns null once
 * nothing is left to do.
 *
 * @returns the value before the change, or the present value if nothing was changed
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
    // A short random pause keeps concurrent writers from colliding again.
    if (attempt > 2) await clock.sleep(Math.random() * Math.min(200, 5 * 2 ** attempt))
  }
}
