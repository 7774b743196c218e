import type { Job } from '../job.js'
import type { WorkMessage } from '../ports.js'
import { decodeItem, encodeItem, type ItemRecord } from '../records/item-record.js'
import { itemKey } from '../records/names.js'

/** Writes the record of an item while this worker holds it. One write at a time. */
export class ItemWriter {
  readonly #job: Job
  readonly #key: string
  readonly #holder: string
  readonly #epoch: number
  #revision: number
  #confirmedAt: number
  /** The latest message for the item. */
  message: WorkMessage

  constructor(
    job: Job,
    item: {
      id: string
      holder: string
      epoch: number
      revision: number
      claimedAt: number
      message: WorkMessage
    },
  ) {
    this.#job = job
    this.#key = itemKey(item.id)
    this.#holder = item.holder
    this.#epoch = item.epoch
    this.#revision = item.revision
    this.#confirmedAt = item.claimedAt
    this.message = item.message
  }

  get revision(): number {
    return this.#revision
  }

  /** When the last confirmed write began, by the worker's clock: the lease runs at least from there. */
  get confirmedAt(): number {
    return this.#confirmedAt
  }

  /**
   * Extends the lease and writes the record. False if another worker holds the item.
   *
   * After a refused revision the record is read: if it still names this holder and epoch, it is an earlier write of ours whose response was
   * lost.
   *
   * @throws {JobsError} if there is no response: the record may have been written
   */
  async write(record: ItemRecord): Promise<boolean> {
    const { records, clock } = this.#job
    const beganAt = clock.now()
    const value = encodeItem(record)
    this.message.extend()
    for (;;) {
      const revision = await records.replace(this.#key, value, this.#revision)
      if (revision !== null) {
        this.#revision = revision
        this.#confirmedAt = beganAt
        return true
      }
      const stored = await records.get(this.#key)
      if (stored === null) return false
      const { holder, epoch } = decodeItem(stored)
      if (holder !== this.#holder || epoch !== this.#epoch) return false
      this.#revision = stored.revision
    }
  }
}
