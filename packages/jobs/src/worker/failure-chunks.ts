import { deflateRawSync } from 'node:zlib'
import type { RecordStore } from '../ports.js'
import { failureKey } from '../records/names.js'

/** A row that failed, as a line of a chunk. */
export interface FailedRow {
  readonly row: number
  readonly outcome: 'failed' | 'missing'
  /** The details that `settle` was given; empty if none. */
  readonly failure: object
}

/** Bytes of a chunk before compression; compressed it is smaller, and never exceeds the 256 KiB that a record may have. */
const CHUNK_BYTES = 250 * 1024

/**
 * Failures of one holder of an item, as deflated NDJSON. An incomplete chunk is rewritten with more lines, and a record says how many lines
 * count: lines that a holder wrote after its last confirmed record do not.
 */
export class FailureChunks {
  readonly #records: RecordStore
  readonly #item: string
  readonly #epoch: number
  #lines: string[] = []
  #bytes = 0
  #chunk = 0
  #full: { chunk: number; lines: string[] }[] = []
  #dirty = false
  #count = 0

  constructor(records: RecordStore, item: string, epoch: number) {
    this.#records = records
    this.#item = item
    this.#epoch = epoch
  }

  /** Lines added so far. */
  get count(): number {
    return this.#count
  }

  add(failure: FailedRow): void {
    const line = JSON.stringify(failure)
    if (this.#bytes + line.length > CHUNK_BYTES && this.#lines.length > 0) this.#close()
    this.#lines.push(line)
    this.#bytes += Buffer.byteLength(line) + 1
    this.#count += 1
    this.#dirty = true
  }

  /** Writes what is not stored yet. Repeat it after a failure: nothing is lost or written twice. */
  async flush(): Promise<void> {
    while (this.#full.length > 0) {
      const { chunk, lines } = this.#full[0]!
      await this.#write(chunk, lines)
      this.#full.shift()
    }
    if (!this.#dirty) return
    this.#dirty = false
    try {
      await this.#write(this.#chunk, this.#lines)
    } catch (error) {
      this.#dirty = true
      throw error
    }
  }

  #close(): void {
    this.#full.push({ chunk: this.#chunk, lines: this.#lines })
    this.#chunk += 1
    this.#lines = []
    this.#bytes = 0
  }

  async #write(chunk: number, lines: readonly string[]): Promise<void> {
    const data = deflateRawSync(`${lines.join('\n')}\n`)
    await this.#records.put(failureKey(this.#item, this.#epoch, chunk), data)
  }
}
