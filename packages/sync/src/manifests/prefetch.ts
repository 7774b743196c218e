import type { EventSink } from '../events.js'
import type { ManifestReader, ManifestRef, ManifestSource } from '../ports/manifests.js'

const READERS_KEPT = 16

/**
 * Opens manifests once for two readers: the pipeline, which takes them in order, and the totals, which want every
 * footer as early as possible. A footer read for the totals is kept for the pipeline while there is room.
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

  /**
   * Reads the footers of `refs` ahead of the pipeline and tells the totals as they grow. `rowsKnown` are rows of
   * manifests that the state knows already. A manifest that can't be opened is left to the pipeline to report.
   */
  async reportTotals(
    manifests: number,
    refs: readonly ManifestRef[],
    rowsKnown: number,
    emit: EventSink,
    signal: AbortSignal,
  ): Promise<void> {
    let rows: number | null = rowsKnown
    let bytes: number | null = rowsKnown > 0 ? null : 0
    const tell = (final: boolean): void => emit({ type: 'totals', manifests, rows, bytes, final })
    for (const ref of refs) {
      if (signal.aborted) return
      try {
        const reader = await this.#peek(ref, signal)
        rows = sum(rows, reader.rows)
        bytes = sum(bytes, reader.bytes)
      } catch {
        continue
      }
      tell(false)
    }
    tell(true)
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

/** Null as soon as one of the numbers is not known. */
function sum(a: number | null, b: number | null): number | null {
  return a === null || b === null ? null : a + b
}
