import type { Committer } from '../commit/committer.js'
import type { UploadChange } from '../lmdb/journal.js'
import type { RecordReader } from '../records/reader.js'
import type { Uploads } from '../types.js'

/** Multipart uploads in progress: what is on disk, overlaid with what is not yet committed. */
export class UploadTable implements Uploads {
  readonly #reader: RecordReader
  readonly #committer: Committer
  readonly #fingerprint: (name: string) => Buffer

  constructor(reader: RecordReader, committer: Committer, fingerprint: (name: string) => Buffer) {
    this.#reader = reader
    this.#committer = committer
    this.#fingerprint = fingerprint
  }

  put(key: string, value: object): void {
    this.#change(key, structuredClone(value))
  }

  delete(key: string): void {
    this.#change(key, null)
  }

  /** Changes records as the journal has them. */
  recover(changes: readonly UploadChange[]): void {
    for (const [key, value] of changes) this.#record(key, value)
  }

  get(key: string): object | undefined {
    for (const buffer of [this.#committer.active, this.#committer.frozen]) {
      const changed = buffer?.uploads.get(key)
      if (changed !== undefined) return changed ?? undefined
    }
    return this.#reader.upload(this.#fingerprint(key))
  }

  entries(): IterableIterator<[string, object]> {
    const entries = new Map<string, object>(this.#reader.uploads())
    for (const buffer of [this.#committer.frozen, this.#committer.active]) {
      for (const [key, value] of buffer?.uploads ?? []) {
        if (value === null) entries.delete(key)
        else entries.set(key, value)
      }
    }
    return entries.entries()
  }

  #change(key: string, value: object | null): void {
    this.#record(key, value)
    this.#committer.journal.upload([key, value])
  }

  #record(key: string, value: object | null): void {
    const fingerprint = this.#fingerprint(key)
    const { active } = this.#committer
    active.uploads.set(key, value)
    active.writes.push((writer) => writer.putUpload(fingerprint, key, value))
    this.#committer.changed()
  }
}
