import type { FailureView } from './failure-view.js'
import type { RecordWriter } from '../records/writer.js'
import type { RunRecord } from '../types.js'

/** Writes the record of the current run: its rounds, its figures. */
export class RunHistory {
  readonly #failures: FailureView
  readonly #write: (change: (writer: RecordWriter) => void) => void
  #current: RunRecord | null = null

  constructor(failures: FailureView, write: (change: (writer: RecordWriter) => void) => void) {
    this.#failures = failures
    this.#write = write
  }

  start(info: object): void {
    const number = this.#failures.run + (this.#current === null ? 0 : 1)
    this.#failures.startRun(number)
    const startedAt = new Date().toISOString()
    this.#put({ number, startedAt, info, finishedAt: null, summary: null })
  }

  finish(summary: object): void {
    if (this.#current === null) this.start({})
    this.#put({ ...this.#current!, finishedAt: new Date().toISOString(), summary })
  }

  #put(record: RunRecord): void {
    this.#current = record
    this.#write((writer) => writer.putRun(record))
  }
}
