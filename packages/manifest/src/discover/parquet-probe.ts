import type { ManifestRef, ManifestStore } from '../manifest-store.js'
import { RangedFile } from '../parquet/ranged-file.js'

/** Most files to probe: a prefix may contain millions that are something else. */
const MAX_PROBES = 1_000

/** A Parquet file has at least its magic at both ends, and a footer. */
const MIN_BYTES = 12

/** Extensions of files that are not Parquet and not worth a request. */
const OTHER =
  /\.(?:json|jsonl|ndjson|csv|tsv|txt|crc|md5|checksum|orc|avro|log|md|html|xml|yaml|yml|sql|py)(?:\.(?:gz|zst|zstd|bz2))?$/i

/** Recognises files that contain Parquet under another name: `.parq`, `.parquet.gzip`, or no extension, as Athena writes them. */
export class ParquetProbe {
  readonly #store: ManifestStore
  readonly #signal: AbortSignal | undefined
  #left = MAX_PROBES

  constructor(store: ManifestStore, signal: AbortSignal | undefined) {
    this.#store = store
    this.#signal = signal
  }

  /** Whether a file begins like Parquet. `false` without a request if its name or size rules it out, and after very many files. */
  async begins(ref: ManifestRef): Promise<boolean> {
    if (ref.sizeBytes < MIN_BYTES || OTHER.test(ref.key) || this.#left === 0) return false
    this.#left -= 1
    try {
      const head = await new RangedFile(this.#store, ref).read(0, 4, this.#signal)
      const magic = head.toString('latin1')
      return magic === 'PAR1' || magic === 'PARE'
    } catch {
      this.#signal?.throwIfAborted()
      return false
    }
  }
}
