import type { Transaction } from 'lmdb'
import type { LmdbStore } from './store.js'

/**
 * A fixed view of the environment. Everything that was planned or found in memory belongs to one committed state. A commit becomes
 * visible in LMDB a moment before its promise resolves, so reads go through a snapshot that is renewed only once the memory has caught
 * up.
 */
export class Snapshot {
  readonly #store: LmdbStore
  #transaction: Transaction | null = null

  constructor(store: LmdbStore) {
    this.#store = store
    this.renew()
  }

  /** Pass it as the options of a read. */
  get options(): { transaction: Transaction } {
    return this.#options
  }

  #options!: { transaction: Transaction }

  /** Moves to the newest committed state. */
  renew(): void {
    this.release()
    this.#store.env.resetReadTxn()
    this.#transaction = this.#store.env.useReadTransaction()
    this.#options = { transaction: this.#transaction }
  }

  /** Releases the view, so that LMDB may reuse the pages that only it could see; renewed before the next read. */
  release(): void {
    this.#transaction?.done()
    this.#transaction = null
  }
}
