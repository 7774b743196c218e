import { createWriteStream, type WriteStream } from 'node:fs'
import { finished } from 'node:stream/promises'
import type { Bucket, Versioning } from './bucket.js'
import type { ObjectRecord } from './object-record.js'
import type { StoreJournal } from './object-store.js'

/** A record as the journal stores it: blobs by id and size. */
type JournalRecord = Omit<ObjectRecord, 'blobs'> & { blobs: { id: string; sizeBytes: number }[] }

/** One line of the journal. */
export type JournalEntry =
  | { op: 'created'; bucket: string; region: string; time: number }
  | { op: 'deleted'; bucket: string }
  | { op: 'versioning'; bucket: string; versioning: Versioning }
  | { op: 'put'; bucket: string; record: JournalRecord }
  | { op: 'removed'; bucket: string; key: string; versionId: string }
  | { op: 'tagged'; bucket: string; key: string; versionId: string; tags: Record<string, string> }

/**
 * Records changes in order, one JSON line each. Not synced to disk: it survives the process, not the machine. Silent until it is started,
 * so that what is read back is not written again.
 */
export class ObjectJournal implements StoreJournal {
  #stream: WriteStream | null = null

  start(path: string): void {
    this.#stream = createWriteStream(path, { flags: 'a' })
  }

  created(bucket: Bucket): void {
    this.#write({ op: 'created', bucket: bucket.name, region: bucket.region, time: bucket.created })
  }

  deleted(bucket: Bucket): void {
    this.#write({ op: 'deleted', bucket: bucket.name })
  }

  versioning(bucket: Bucket): void {
    this.#write({ op: 'versioning', bucket: bucket.name, versioning: bucket.versioning })
  }

  put(bucket: Bucket, record: ObjectRecord): void {
    this.#write({ op: 'put', bucket: bucket.name, record: journalRecord(record) })
  }

  removed(bucket: Bucket, { key, versionId }: ObjectRecord): void {
    this.#write({ op: 'removed', bucket: bucket.name, key, versionId })
  }

  tagged(bucket: Bucket, { key, versionId, tags }: ObjectRecord): void {
    this.#write({ op: 'tagged', bucket: bucket.name, key, versionId, tags })
  }

  async close(): Promise<void> {
    if (this.#stream === null) return
    this.#stream.end()
    await finished(this.#stream)
  }

  #write(entry: JournalEntry): void {
    this.#stream?.write(`${JSON.stringify(entry)}\n`)
  }
}

function journalRecord({ blobs, ...rest }: ObjectRecord): JournalRecord {
  return { ...rest, blobs: blobs.map(({ id, sizeBytes }) => ({ id, sizeBytes })) }
}

/** The content of a bucket as entries that recreate it. */
export function* entriesOf(bucket: Bucket): Generator<JournalEntry> {
  yield { op: 'created', bucket: bucket.name, region: bucket.region, time: bucket.created }
  if (bucket.versioning !== 'Off')
    yield { op: 'versioning', bucket: bucket.name, versioning: bucket.versioning }
  for (const key of bucket.keysInOrder()) {
    for (const record of bucket.versionsOf(key).toReversed()) {
      yield { op: 'put', bucket: bucket.name, record: journalRecord(record) }
    }
  }
}
