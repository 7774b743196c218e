import { BLANK_ROW } from './blank-row.js'
import type { EventSink } from '../ports/events.js'
import type { InFlightObject, NamingRow } from './in-flight-object.js'
import { OutcomeReporter, type FailedObject, type FinalFailure } from './reporter.js'
import type { CopyResult } from '../ports/copier.js'
import type { RowProblem } from '../ports/manifests.js'
import type { ReportPort } from '../ports/report.js'
import type { FailureRecord, StatePort } from '../ports/state.js'
import type { Tally } from './tally.js'

/** Most transient failures kept for the last pass of a run, or of an item; more mean that the store is in trouble. */
export const LAST_PASS_CAPACITY = 10_000

/**
 * The one place where a row gets its outcome: state, counts, report and events change together.
 *
 * 1. Every row that was read gets exactly one of completed, skipped and failed.
 * 2. A row that names a failed object again counts as skipped, and is kept as a failure of its own manifest, so that this manifest does
 *    not count as complete.
 * 3. A transient failure is counted immediately; its report row waits for the last pass, which may repair it.
 */
export class Outcomes {
  readonly #state: StatePort
  readonly #tally: Tally
  readonly #reporter: OutcomeReporter
  #deferred: FailedObject[] = []

  constructor(state: StatePort, tally: Tally, report: ReportPort | null, emit: EventSink) {
    this.#state = state
    this.#tally = tally
    this.#reporter = new OutcomeReporter(report, emit)
  }

  /** A promise to await while the report can't keep up. */
  idle(): Promise<void> | null {
    return this.#reporter.idle()
  }

  /** A row whose key is complete already. */
  skipped(key: string, row: NamingRow): void {
    row.manifest.tally.scan.skipped += 1
    row.manifest.settle(row.row, 'skipped')
    this.#reporter.row(row, { ...BLANK_ROW, key, outcome: 'skipped' })
  }

  /** A row that names an object which has failed in this run. */
  skippedFailed(object: Pick<InFlightObject, 'identity' | 'version' | 'job'>, row: NamingRow): void {
    this.#fail(object, row, {
      class: 'transient',
      code: 'LAGOON_SYNC_NAMED_TWICE',
      message: 'another row names the same key, and its copy failed in this run',
      attempts: 0,
    })
    this.skipped(object.job.key, row)
  }

  /** A row without a usable key. */
  badRow(row: NamingRow, problem: Pick<RowProblem, 'key' | 'code' | 'message'>, known: boolean): void {
    row.manifest.tally.scan.failed += 1
    const { key, code, message } = problem
    const failure = { class: 'row', code, message, attempts: 0 } as const
    if (!known) {
      const { manifest, rowGroup, row: number } = row
      this.#state.fail({
        manifest: manifest.ref,
        rowGroup,
        row: number,
        key,
        ...failure,
        time: Date.now(),
      })
    }
    row.manifest.settle(row.row, 'failed')
    this.#reporter.row(row, { ...BLANK_ROW, key, outcome: 'failed', code, message })
    this.#reporter.failure(key, row, failure)
  }

  /** An object that is now at the destination, verified; `again` if its failure was counted before. */
  copied(
    object: InFlightObject,
    result: CopyResult & { ok: true },
    durationMs: number,
    again: boolean,
  ): void {
    this.#state.complete(object.identity, object.version)
    const { scan } = object.row.manifest.tally
    if (again) scan.failed -= 1
    if (result.skipped) {
      scan.skipped += 1
    } else {
      scan.completed += 1
      this.#tally.bytes += result.bytes
    }
    if (result.skipped) object.row.manifest.settle(object.row.row, 'skipped')
    else object.row.manifest.settle(object.row.row, 'copied', result.bytes)
    this.#reporter.copied(object, result, durationMs)
    object.row.manifest.rowDone(object.row.rowGroup)
    for (const row of object.followers ?? []) {
      this.skipped(object.job.key, row)
      row.manifest.rowDone(row.rowGroup)
    }
  }

  /** An object that could not be copied. Transient failures are kept for the last pass, or postponed by the state. */
  failed(object: InFlightObject, failure: FinalFailure, attempts: number, durationMs: number): void {
    const passing = failure.class === 'transient' || failure.class === 'throttle'
    const { postpone } = this.#state
    if (passing && postpone !== undefined && this.#postponed(object, { ...failure, attempts })) return
    const { scan } = object.row.manifest.tally
    scan.failed += 1
    if (failure.class === 'missing') scan.missing += 1
    this.#fail(object, object.row, { ...failure, attempts })
    object.row.manifest.settle(object.row.row, failure.class === 'missing' ? 'missing' : 'failed')
    if (passing && postpone === undefined && this.#deferred.length < LAST_PASS_CAPACITY) {
      this.#deferred.push({ object, failure, attempts, durationMs })
    } else {
      this.#reporter.failed({ object, failure, attempts, durationMs })
    }
    object.row.manifest.rowDone(object.row.rowGroup)
    for (const row of object.followers ?? []) {
      this.skippedFailed(object, row)
      row.manifest.rowDone(row.rowGroup)
    }
    object.followers = null
  }

  /** The object failed again in the last pass. */
  failedAgain(object: InFlightObject, failure: FinalFailure, attempts: number, durationMs: number): void {
    if (failure.class === 'missing') object.row.manifest.tally.scan.missing += 1
    this.#fail(object, object.row, { ...failure, attempts })
    object.row.manifest.settle(object.row.row, failure.class === 'missing' ? 'missing' : 'failed')
    this.#reporter.failed({ object, failure, attempts, durationMs })
  }

  /** Returns what the last pass has to retry. */
  takeDeferred(): FailedObject[] {
    const deferred = this.#deferred
    this.#deferred = []
    return deferred
  }

  /** Failures that get no last pass, because the run was stopped: their rows are reported as they are. */
  reportDeferred(deferred: readonly FailedObject[]): void {
    for (const entry of deferred) this.#reporter.failed(entry)
  }

  /** True when the state took the row, and with it those that name the object again; none of them has an outcome then. */
  #postponed(object: InFlightObject, failure: Failure): boolean {
    if (!this.#state.postpone!(recordOf(object, object.row, failure))) return false
    for (const row of object.followers ?? []) {
      if (!this.#state.postpone!(recordOf(object, row, failure))) this.skippedFailed(object, row)
    }
    object.followers = null
    return true
  }

  #fail(object: FailingObject, row: NamingRow, failure: Failure): void {
    this.#state.fail(recordOf(object, row, failure))
  }
}

type FailingObject = Pick<InFlightObject, 'identity' | 'version' | 'job'>
type Failure = Pick<FailureRecord, 'class' | 'code' | 'message' | 'attempts'>

function recordOf(
  { identity, version, job }: FailingObject,
  row: NamingRow,
  failure: Failure,
): FailureRecord {
  const { class: kind, code, message, attempts } = failure
  return {
    manifest: row.manifest.ref,
    rowGroup: row.rowGroup,
    row: row.row,
    key: identity,
    class: kind,
    code,
    message,
    attempts,
    time: Date.now(),
    version,
    job,
  }
}
