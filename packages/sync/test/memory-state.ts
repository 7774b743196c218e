import {
  LOOKUP,
  type FailureRecord,
  type ManifestState,
  type PlanPort,
  type StatePort,
} from '../src/index.js'

interface ManifestMemory {
  settled: Map<number, number>
  finished: boolean
}

/** A state in memory that survives `reopen`, as the one on disk survives a process. */
export class MemoryState implements StatePort, PlanPort {
  readonly completeKeys = new Map<string, string | null>()
  readonly failureRecords = new Map<string, FailureRecord>()
  readonly #manifests = new Map<string, ManifestMemory>()
  readonly #failedNow = new Set<string>()

  /** The same memory as a later run finds it. */
  reopen(): this {
    this.#failedNow.clear()
    return this
  }

  manifest(ref: { key: string; etag: string }): ManifestState {
    const name = `${ref.key}@${ref.etag}`
    const memory = this.#manifests.get(name) ?? { settled: new Map(), finished: false }
    this.#manifests.set(name, memory)
    const failures = (): FailureRecord[] =>
      [...this.failureRecords.values()].filter(
        (failure) => failure.manifest.key === ref.key && memory.settled.has(failure.rowGroup),
      )
    const settledRows = (): { rows: number; failed: number } => ({
      rows: [...memory.settled.values()].reduce((sum, rows) => sum + rows, 0),
      failed: failures().length,
    })
    return {
      get finished() {
        return memory.finished ? settledRows() : null
      },
      isRowGroupSettled: (index) => memory.settled.has(index),
      settledRows,
      settleRowGroup: (index, rows) => void memory.settled.set(index, rows),
      finish: () => void (memory.finished = true),
      *failures() {
        for (const failure of failures()) {
          if (this.isRowGroupSettled(failure.rowGroup)) yield failure
        }
      },
    }
  }

  lookup(keys: readonly (string | null)[], versions?: readonly (string | null)[]): Uint8Array {
    return Uint8Array.from(keys, (key, i) => {
      if (key === null) return LOOKUP.todo
      const version = this.completeKeys.get(key)
      if (version !== undefined) {
        const asked = versions?.[i] ?? null
        return version === null || asked === null || version === asked ? LOOKUP.complete : LOOKUP.todo
      }
      return this.#failedNow.has(key) ? LOOKUP.failedInThisRound : LOOKUP.todo
    })
  }

  complete(key: string, version: string | null = null): void {
    this.completeKeys.set(key, version)
    this.#failedNow.delete(key)
    for (const [name, failure] of this.failureRecords) {
      if (failure.key === key) this.failureRecords.delete(name)
    }
  }

  add(keys: readonly (string | null)[]): Uint8Array {
    return Uint8Array.from(keys, (key) => {
      const known = this.lookup([key])[0]!
      if (key !== null && known !== LOOKUP.complete) this.complete(key)
      return known === LOOKUP.complete ? 1 : 0
    })
  }

  fail(failure: FailureRecord): void {
    this.failureRecords.set(`${failure.manifest.key}#${failure.row}`, failure)
    if (failure.class !== 'row') this.#failedNow.add(failure.key)
  }

  startRound(): void {
    this.#failedNow.clear()
  }

  idle(): null {
    return null
  }

  async flush(): Promise<void> {}
}
