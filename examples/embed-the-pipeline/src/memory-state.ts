import { LOOKUP, type FailureRecord, type ManifestState, type StatePort } from '@lagoon/sync'

/** What is complete and what failed, as long as the process lives. Versions of objects are not told apart. */
export class MemoryState implements StatePort {
  readonly #complete = new Set<string>()
  readonly #failed = new Map<string, FailureRecord>()
  readonly #manifests = new Map<string, ManifestState>()

  manifest({ key, etag }: { key: string; etag: string }): ManifestState {
    const name = JSON.stringify([key, etag])
    const known = this.#manifests.get(name) ?? this.#newManifest(key, etag)
    this.#manifests.set(name, known)
    return known
  }

  lookup(keys: readonly (string | null)[]): Uint8Array {
    return Uint8Array.from(keys, (key) =>
      key !== null && this.#complete.has(key) ? LOOKUP.complete : LOOKUP.todo,
    )
  }

  complete(key: string): void {
    this.#complete.add(key)
    for (const [row, failure] of this.#failed) if (failure.key === key) this.#failed.delete(row)
  }

  fail(failure: FailureRecord): void {
    this.#failed.set(JSON.stringify([failure.manifest.key, failure.row]), failure)
  }

  /** Memory needs no commit; a state on disk writes its changes here. */
  async flush(): Promise<void> {}

  /** What failed is never kept from being tried again here. */
  startRound(): void {}

  idle(): null {
    return null
  }

  #newManifest(key: string, etag: string): ManifestState {
    const settled = new Map<number, number>()
    let finished = false
    const failures = (): FailureRecord[] =>
      [...this.#failed.values()].filter(
        ({ manifest, rowGroup }) => manifest.key === key && manifest.etag === etag && settled.has(rowGroup),
      )
    const settledRows = (): { rows: number; failed: number } => ({
      rows: [...settled.values()].reduce((sum, rows) => sum + rows, 0),
      failed: failures().length,
    })
    return {
      get finished() {
        return finished ? settledRows() : null
      },
      isRowGroupSettled: (index) => settled.has(index),
      settledRows,
      settleRowGroup: (index, rows) => void settled.set(index, rows),
      finish: () => void (finished = true),
      failures,
    }
  }
}
