import { ManifestRecord, type ManifestHost } from '../records/manifest.js'
import { isSameVersion, newManifest } from '../records/manifest-ref.js'
import type { ManifestRef } from '../types.js'

/** What the cache needs from the state, besides what each record needs. */
export interface CacheHost extends ManifestHost {
  /** LMDB key of a manifest's key. */
  fingerprint(key: string): Buffer
  /** Forgets failures of the manifest that wait for their commit. */
  dropFailures(manifest: number): void
}

/** The manifests in memory: those that aren't finished, or whose record isn't committed. */
export class ManifestCache {
  readonly #host: CacheHost
  readonly #records = new Map<string, ManifestRecord>()
  /** Numbers of the manifests superseded by pending changes. */
  readonly superseded = new Set<number>()
  #next: number

  /** `next`: number of the next new manifest. */
  constructor(host: CacheHost, next: number) {
    this.#host = host
    this.#next = next
  }

  /** The manifest's record; one with another ETag or scope under the same key is superseded. */
  open(ref: ManifestRef): ManifestRecord {
    const known = this.#known(ref.key)
    if (known !== undefined && isSameVersion(known.stored, ref)) return known
    if (known !== undefined) this.#supersede(known)
    return this.#create(ref)
  }

  /** The record that an outcome belongs to; undefined if its manifest was superseded in the meantime. */
  current(ref: ManifestRef): ManifestRecord | undefined {
    const record = this.#known(ref.key) ?? this.#create(ref)
    return isSameVersion(record.stored, ref) ? record : undefined
  }

  /** Call after each commit: releases manifests that are finished, or superseded, on disk, too. */
  forgetCommitted(): void {
    for (const number of this.superseded) {
      if (this.#host.reader.manifestByNumber(number) === undefined) this.superseded.delete(number)
    }
    for (const [key, record] of this.#records) {
      if (record.stored.finished === null) continue
      if (this.#host.reader.manifest(record.fingerprint)?.finished) this.#records.delete(key)
    }
  }

  /** All records may have changed. */
  clear(): void {
    for (const record of this.#records.values()) record.superseded = true
    this.#records.clear()
  }

  #known(key: string): ManifestRecord | undefined {
    const known = this.#records.get(key)
    if (known !== undefined) return known
    const fingerprint = this.#host.fingerprint(key)
    const stored = this.#host.reader.manifest(fingerprint)
    return stored && this.#keep(new ManifestRecord(this.#host, fingerprint, stored, true))
  }

  #create(ref: ManifestRef): ManifestRecord {
    const stored = newManifest(this.#next++, ref)
    return this.#keep(new ManifestRecord(this.#host, this.#host.fingerprint(ref.key), stored, false))
  }

  #keep(record: ManifestRecord): ManifestRecord {
    if (record.stored.finished === null) this.#records.set(record.stored.key, record)
    return record
  }

  #supersede(known: ManifestRecord): void {
    known.superseded = true
    this.superseded.add(known.stored.number)
    this.#records.delete(known.stored.key)
    this.#host.dropFailures(known.stored.number)
    this.#host.write((writer) => writer.dropManifest(known.fingerprint))
  }
}
