import type { EventSink } from '../ports/events.js'
import type { ManifestReader, ManifestRef, ManifestSource } from '../ports/manifests.js'

const READERS_KEPT = 16

/** What is known of manifests before their footers are read. */
interface KnownManifests {
  readonly manifests: number
  /** Rows of those that are finished. */
  readonly finishedRows: number
  readonly unfinished: readonly ManifestRef[]
  /** Manifests beside these, while the run continues. Default none. */
  readonly coming?: AsyncIterable<ManifestRef> | undefined
  readonly isFinished: (ref: ManifestRef) => boolean
}

/**
 * Opens manifests once for two readers: the pipeline, which takes them in order, and the totals, which need every footer as early as
 * possible. A footer read for the totals is kept for the pipeline while there is room.
 */
export class ManifestPrefetch {
  readonly #source: ManifestSource
  readonly #opening = new Map<string, Promise<ManifestReader>>()
  readonly #counted = new Set<string>()

  constructor(source: ManifestSource) {
    this.#source = source
  }

  /** Opens the manifest for reading its keys. */
  async take(ref: ManifestRef, signal: AbortSignal): Promise<ManifestReader> {
    this.#counted.add(ref.key)
    const opening = this.#opening.get(ref.key)
    this.#opening.delete(ref.key)
    return await (opening ?? this.#source.open(ref, signal))
  }

  /** Reads footers ahead of the pipeline and tells the totals as they grow. A manifest that can't be opened is left to the pipeline to report. */
  async reportTotals(known: KnownManifests, emit: EventSink, signal: AbortSignal): Promise<void> {
    let { manifests } = known
    let rows: number | null = known.finishedRows
    let bytes: number | null = rows > 0 ? null : 0
    const emitTotals = (final: boolean): void => emit({ type: 'totals', manifests, rows, bytes, final })
    const add = async (opening: Promise<ManifestReader>): Promise<void> => {
      const reader = await opening.catch(() => null)
      if (reader === null) return
      rows = sum(rows, reader.rows)
      bytes = sum(bytes, reader.bytes)
      emitTotals(false)
    }
    for (const ref of known.unfinished) {
      if (signal.aborted) return
      await add(this.#peek(ref, signal))
    }
    for await (const ref of known.coming ?? []) {
      manifests += 1
      // What the pipeline will not read is not kept for it.
      await add(known.isFinished(ref) ? this.#source.open(ref, signal) : this.#peek(ref, signal))
    }
    if (!signal.aborted) emitTotals(true)
  }

  #peek(ref: ManifestRef, signal: AbortSignal): Promise<ManifestReader> {
    const opening = this.#source.open(ref, signal)
    if (!this.#counted.has(ref.key) && this.#opening.size < READERS_KEPT) {
      opening.catch(() => this.#opening.delete(ref.key))
      this.#opening.set(ref.key, opening)
    }
    return opening
  }
}

/** Null as soon as one of the numbers is unknown. */
function sum(a: number | null, b: number | null): number | null {
  return a === null || b === null ? null : a + b
}
