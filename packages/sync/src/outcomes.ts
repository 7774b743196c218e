import { BLANK_ROW } from './blank-row.js'
import type { EventSink } from './events.js'
import type { NamedObject, NamingRow } from './named-objects.js'
import type {
  AttemptFailure,
  CopyResult,
  FailureClass,
  FailureRecord,
  ReportPort,
  ReportRow,
  RowProblem,
  StatePort,
} from './ports.js'
import type { Tally } from './tally.js'

/** How many transient failures are kept for the last pass of a run; more mean that the store is in trouble. */
export const LAST_PASS_CAPACITY = 10_000

/** A failure that the last pass may turn round. */
export interface Deferred {
  readonly object: NamedObject
  readonly failure: AttemptFailure
  readonly attempts: number
  readonly durationMs: number
}

/**
 * The one place where a row gets its outcome: state, counts, report and events move together.
 *
 * 1. Every row that was read gets exactly one of completed, skipped and failed.
 * 2. A row that names a failed object again counts as skipped, and is kept as a failure of its own manifest,
 *    so that this manifest is not taken for complete.
 * 3. A transient failure is counted at once; its report row waits for the last pass, which may turn it round.
 */
export class Outcomes {
  readonly #state: StatePort
  readonly #tally: Tally
  readonly #report: ReportPort | null
  readonly #emit: EventSink
  #deferred: Deferred[] = []

  constructor(state: StatePort, tally: Tally, report: ReportPort | null, emit: EventSink) {
    this.#state = state
    this.#tally = tally
    this.#report = report
    this.#emit = emit
  }

  /** A promise to wait for while the report can't keep up. */
  idle(): Promise<void> | null {
    return this.#report?.idle() ?? null
  }

  /** A row whose key is complete already. */
  skipped(key: string, row: NamingRow): void {
    row.manifest.tally.look.skipped += 1
    this.#tell(row, { ...BLANK_ROW, key, outcome: 'skipped' })
  }

  /** A row that names an object which has failed in this run. */
  skippedFailed(object: Pick<NamedObject, 'identity' | 'version' | 'job'>, row: NamingRow): void {
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
    row.manifest.tally.look.failed += 1
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
    this.#tell(row, { ...BLANK_ROW, key, outcome: 'failed', code, message })
    this.#emitFailure(key, row, failure)
  }

  /** An object that is at the destination now, verified; `again` when its failure was counted before. */
  copied(object: NamedObject, result: CopyResult & { ok: true }, durationMs: number, again: boolean): void {
    this.#state.complete(object.identity, object.version)
    const { look } = object.row.manifest.tally
    if (again) look.failed -= 1
    if (result.skipped) {
      look.skipped += 1
    } else {
      look.completed += 1
      this.#tally.bytes += result.bytes
    }
    this.#report?.write({
      key: object.job.key,
      outcome: result.skipped ? 'skipped' : 'copied',
      code: null,
      message: null,
      bytes: result.bytes,
      etag: result.etag,
      verification: result.verification,
      attempts: result.attempts,
      durationMs,
    })
    object.row.manifest.rowDone(object.row.rowGroup)
    for (const row of object.followers ?? []) {
      this.skipped(object.job.key, row)
      row.manifest.rowDone(row.rowGroup)
    }
  }

  /** An object that could not be copied. Transient failures are kept for the last pass, unless this is it. */
  failed(object: NamedObject, failure: AttemptFailure, attempts: number, durationMs: number): void {
    const { look } = object.row.manifest.tally
    look.failed += 1
    if (failure.class === 'missing') look.missing += 1
    this.#fail(object, object.row, { ...failure, attempts })
    const passing = failure.class === 'transient' || failure.class === 'throttle'
    if (passing && this.#deferred.length < LAST_PASS_CAPACITY) {
      this.#deferred.push({ object, failure, attempts, durationMs })
    } else {
      this.#tellFailure({ object, failure, attempts, durationMs })
    }
    object.row.manifest.rowDone(object.row.rowGroup)
    for (const row of object.followers ?? []) {
      this.skippedFailed(object, row)
      row.manifest.rowDone(row.rowGroup)
    }
    object.followers = null
  }

  /** The object failed again in the last pass. */
  failedAgain(object: NamedObject, failure: AttemptFailure, attempts: number, durationMs: number): void {
    if (failure.class === 'missing') object.row.manifest.tally.look.missing += 1
    this.#fail(object, object.row, { ...failure, attempts })
    this.#tellFailure({ object, failure, attempts, durationMs })
  }

  /** Hands over what the last pass shall try once more. */
  takeDeferred(): Deferred[] {
    const deferred = this.#deferred
    this.#deferred = []
    return deferred
  }

  /** Failures that get no last pass, because the run was stopped: their rows are reported as they are. */
  tellDeferred(deferred: readonly Deferred[] = this.takeDeferred()): void {
    for (const entry of deferred) this.#tellFailure(entry)
  }

  #fail(
    object: Pick<NamedObject, 'identity' | 'version' | 'job'>,
    row: NamingRow,
    failure: Pick<AttemptFailure | FailureRecord, 'class' | 'code' | 'message'> & { attempts: number },
  ): void {
    this.#state.fail({
      manifest: row.manifest.ref,
      rowGroup: row.rowGroup,
      row: row.row,
      key: object.identity,
      // What was aborted gets no outcome.
      class: failure.class as FailureClass,
      code: failure.code,
      message: failure.message,
      attempts: failure.attempts,
      time: Date.now(),
      version: object.version,
      job: object.job,
    })
  }

  /** Reports a row, unless it was reported before and has no new outcome: a report has no more rows for more rounds. */
  #tell({ manifest, row }: NamingRow, report: ReportRow): void {
    if (!manifest.tally.wasSeen(row)) this.#report?.write(report)
  }

  #tellFailure({ object, failure, attempts, durationMs }: Deferred): void {
    const { code, message } = failure
    this.#tell(object.row, {
      ...BLANK_ROW,
      key: object.job.key,
      outcome: failure.class === 'missing' ? 'missing' : 'failed',
      code,
      message,
      attempts,
      durationMs,
    })
    this.#emitFailure(object.job.key, object.row, { class: failure.class, code, message, attempts })
  }

  #emitFailure(
    key: string,
    row: NamingRow,
    failure: { class: string; code: string; message: string; attempts: number },
  ): void {
    this.#emit({ type: 'failure', key, manifest: row.manifest.ref.key, row: row.row, ...failure })
  }
}
