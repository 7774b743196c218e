import { randomBytes } from 'node:crypto'
import type { OpenUpload } from './multipart-upload.js'
import type { ObjectRecord } from './object-record.js'
import { SortedKeys } from './sorted-keys.js'

export type Versioning = 'Off' | 'Enabled' | 'Suspended'

/** Changes for the journal, so that a store on disk survives a restart. */
export interface BucketJournal {
  put(bucket: Bucket, record: ObjectRecord): void
  removed(bucket: Bucket, record: ObjectRecord): void
  tagged(bucket: Bucket, record: ObjectRecord): void
  versioning(bucket: Bucket): void
}

/** A generated object of a bucket, which was never written. */
export type Unwritten = (bucket: string, key: string) => ObjectRecord | undefined

/**
 * A bucket. Invariants: (1) the versions of a key are newest first, and a key without versions is not in the index;
 * (2) where versioning was never on, a key has one version, called `null`.
 */
export class Bucket {
  readonly name: string
  readonly region: string
  /** Unix time in milliseconds. */
  readonly created: number
  versioning: Versioning = 'Off'
  readonly uploads = new Map<string, OpenUpload>()
  readonly #journal: BucketJournal | null
  readonly #versions = new Map<string, ObjectRecord[]>()
  readonly #keys = new SortedKeys()
  readonly #unwritten: Unwritten | null

  constructor(
    name: string,
    region: string,
    created: number,
    journal: BucketJournal | null = null,
    unwritten: Unwritten | null = null,
  ) {
    this.name = name
    this.region = region
    this.created = created
    this.#journal = journal
    this.#unwritten = unwritten
  }

  get empty(): boolean {
    return this.#versions.size === 0
  }

  /** Keys that have any version, deleted ones with versions included, in S3's order. */
  keysInOrder(): readonly string[] {
    return this.#keys.inOrder()
  }

  /** Newest first; empty for an unknown key. */
  versionsOf(key: string): readonly ObjectRecord[] {
    return this.#versions.get(key) ?? []
  }

  /** The latest version, which may be a delete marker, or a generated object. */
  newest(key: string): ObjectRecord | undefined {
    return this.#versions.get(key)?.[0] ?? this.#unwritten?.(this.name, key)
  }

  /** What a plain GET sees. */
  current(key: string): ObjectRecord | undefined {
    const newest = this.newest(key)
    return newest?.deleteMarker ? undefined : newest
  }

  version(key: string, versionId: string): ObjectRecord | undefined {
    return this.versionsOf(key).find((record) => record.versionId === versionId)
  }

  /** The id that the next version of a key gets. */
  nextVersionId(): string {
    return this.versioning === 'Enabled' ? randomBytes(16).toString('base64url') : 'null'
  }

  setVersioning(versioning: Versioning): void {
    this.versioning = versioning
    this.#journal?.versioning(this)
  }

  /** Adds a version as the latest; an existing one with the same id (`null`) is replaced. */
  put(record: ObjectRecord): void {
    const versions = this.#versions.get(record.key)
    for (const blob of record.blobs) blob.retain()
    this.#journal?.put(this, record)
    if (versions === undefined) {
      this.#versions.set(record.key, [record])
      this.#keys.add(record.key)
      return
    }
    const replaced = versions.findIndex(({ versionId }) => versionId === record.versionId)
    if (replaced !== -1) versions.splice(replaced, 1).forEach(releaseBlobs)
    versions.unshift(record)
  }

  /** Removes one version permanently. */
  remove(record: ObjectRecord): void {
    const versions = this.#versions.get(record.key)
    const at = versions?.indexOf(record) ?? -1
    if (versions === undefined || at === -1) return
    versions.splice(at, 1)
    if (versions.length === 0) {
      this.#versions.delete(record.key)
      this.#keys.remove(record.key)
    }
    this.#journal?.removed(this, record)
    releaseBlobs(record)
  }

  /** A version's tags have changed. */
  setTags(record: ObjectRecord, tags: Record<string, string>): void {
    record.tags = tags
    this.#journal?.tagged(this, record)
  }
}

function releaseBlobs(record: ObjectRecord): void {
  for (const blob of record.blobs) blob.release()
}
