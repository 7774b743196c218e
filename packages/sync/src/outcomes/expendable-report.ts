import { describeError } from '../ports/errors.js'
import type { EventSink } from '../ports/events.js'
import type { ReportPort, ReportRow } from '../ports/report.js'

/** A report whose loss does not affect copying: if it can't be written, rows are dropped from then on, with one warning. */
export class ExpendableReport implements ReportPort {
  readonly #report: ReportPort
  readonly #emit: EventSink
  #lost = false
  #closed: Promise<void> | null = null

  constructor(report: ReportPort, emit: EventSink) {
    this.#report = report
    this.#emit = emit
  }

  /** Whether rows are missing in it. */
  get lost(): boolean {
    return this.#lost
  }

  write(row: ReportRow): void {
    if (this.#lost) return
    try {
      this.#report.write(row)
    } catch (error) {
      this.#lose(error)
    }
  }

  idle(): Promise<void> | null {
    return this.#lost ? null : (this.#report.idle()?.catch((error: unknown) => this.#lose(error)) ?? null)
  }

  /** May be called twice. */
  close(): Promise<void> {
    return (this.#closed ??= this.#report.close().catch((error: unknown) => this.#lose(error)))
  }

  #lose(error: unknown): void {
    if (this.#lost) return
    this.#lost = true
    const { message } = describeError(error)
    this.#emit({
      type: 'warning',
      code: 'LAGOON_SYNC_REPORT_LOST',
      message: `the report is incomplete, copying continues: ${message}`,
      hint: 'The state has every outcome; `lagoon failures` lists what failed.',
    })
  }
}
