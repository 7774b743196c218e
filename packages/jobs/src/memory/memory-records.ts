import type { Clock, RecordChange, StoredRecord } from '../ports.js'

interface Entry extends StoredRecord {
  readonly expiresAt: number | null
}

/** True if `pattern` matches `key`: the key itself, `prefix.>`, or `>`. */
export function matches(pattern: string, key: string): boolean {
  return pattern === '>' || (pattern.endsWith('.>') ? key.startsWith(pattern.slice(0, -1)) : pattern === key)
}

/** The server's side of one job's records. */
export class MemoryRecords {
  readonly #clock: Clock
  #entries = new Map<string, Entry>()
  #revision = 0
  readonly #watchers = new Set<(change: RecordChange) => void>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  get(key: string): StoredRecord | null {
    return this.#entries.get(key) ?? null
  }

  /** `expected`: null for a key that must not exist, a revision, or undefined for any. */
  write(
    key: string,
    value: Uint8Array,
    expected: number | null | undefined,
    ttlMs: number | undefined,
  ): number | null {
    const present = this.#entries.get(key)
    if (expected !== undefined && (present?.revision ?? null) !== expected) return null
    this.#revision += 1
    const writtenAt = this.#clock.now()
    const expiresAt = ttlMs === undefined ? null : writtenAt + ttlMs
    const entry: Entry = { key, value, revision: this.#revision, writtenAt, expiresAt }
    this.#entries.set(key, entry)
    this.#notify({ key, record: entry })
    if (ttlMs !== undefined) {
      void this.#clock.sleep(ttlMs).then(() => this.delete(key, entry.revision))
    }
    return entry.revision
  }

  delete(key: string, revision: number | undefined): boolean {
    const present = this.#entries.get(key)
    if (present === undefined) return revision === undefined
    if (revision !== undefined && present.revision !== revision) return false
    this.#entries.delete(key)
    this.#revision += 1
    this.#notify({ key, record: null })
    return true
  }

  list(pattern: string): StoredRecord[] {
    return [...this.#entries.values()].filter(({ key }) => matches(pattern, key))
  }

  watch(onChange: (change: RecordChange) => void): () => void {
    this.#watchers.add(onChange)
    return () => this.#watchers.delete(onChange)
  }

  snapshot(): { entries: Map<string, Entry>; revision: number } {
    return { entries: new Map(this.#entries), revision: this.#revision }
  }

  /** Restores a snapshot; revisions are issued again, as by a restored server. */
  restore(snapshot: { entries: Map<string, Entry>; revision: number }): void {
    this.#entries = new Map(snapshot.entries)
    this.#revision = snapshot.revision
    const now = this.#clock.now()
    for (const { key, revision, expiresAt } of this.#entries.values()) {
      if (expiresAt === null) continue
      void this.#clock.sleep(Math.max(0, expiresAt - now)).then(() => this.delete(key, revision))
    }
  }

  #notify(change: RecordChange): void {
    for (const watcher of this.#watchers) watcher(change)
  }
}
