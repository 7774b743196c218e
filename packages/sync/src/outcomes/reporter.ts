import { BLANK_ROW } from './blank-row.js'
import { causesOf } from '../ports/errors.js'
import type { EventSink, SyncEvent } from '../ports/events.js'
import type { InFlightObject, NamingRow } from './in-flight-object.js'
import type { AttemptFailure, CopyResult } from '../ports/copier.js'
import type { ReportPort, ReportRow } from '../ports/report.js'

/** A failure that is an outcome: aborted attempts have none. */
export interface FinalFailure extends AttemptFailure {
  readonly class: Exclude<AttemptFailure['class'], 'aborted'>
}

/** True unless the attempt was aborted. */
export function isFinal(failure: AttemptFailure): failure is FinalFailure {
  return failure.class !== 'aborted'
}

/** An object that could not be copied. */
export interface FailedObject {
  readonly object: InFlightObject
  readonly failure: FinalFailure
  readonly attempts: number
  readonly durationMs: number
}

/** Reports what happened to rows, to the report and to event listeners. */
export class OutcomeReporter {
  readonly #report: ReportPort | null
  readonly #emit: EventSink

  constructor(report: ReportPort | null, emit: EventSink) {
    this.#report = report
    this.#emit = emit
  }

  /** A promise to wait for while the report can't keep up. */
  idle(): Promise<void> | null {
    return this.#report?.idle() ?? null
  }

  /** Reports a row, unless it was reported before and has no new outcome: more rounds do not mean more rows. */
  row({ manifest, row }: NamingRow, report: ReportRow): void {
    if (!manifest.tally.wasSeen(row)) this.#report?.write({ ...report, manifest: manifest.ref.key, row })
  }

  copied({ job, row }: InFlightObject, result: CopyResult & { ok: true }, durationMs: number): void {
    const { bytes, etag, verification, attempts } = result
    const outcome = result.skipped ? 'skipped' : 'copied'
    this.#report?.write({
      ...BLANK_ROW,
      ...originOf(job),
      manifest: row.manifest.ref.key,
      row: row.row,
      outcome,
      bytes,
      etag,
      verification,
      attempts,
      durationMs,
    })
  }

  failed({ object, failure, attempts, durationMs }: FailedObject): void {
    const { code, message } = failure
    this.row(object.row, {
      ...BLANK_ROW,
      ...originOf(object.job),
      outcome: failure.class === 'missing' ? 'missing' : 'failed',
      code,
      message,
      attempts,
      durationMs,
    })
    const reported = { class: failure.class, code, message, attempts, ...causesOf(failure) }
    this.failure(object.job.key, object.row, reported)
  }

  /** Reports a row without a complete object to listeners. */
  failure(
    key: string,
    { manifest, row }: NamingRow,
    failure: Omit<Extract<SyncEvent, { type: 'failure' }>, 'type' | 'key' | 'manifest' | 'row'>,
  ): void {
    this.#emit({ type: 'failure', key, manifest: manifest.ref.key, row, ...failure })
  }
}

/** Which copy of which version a row is about. */
function originOf(job: InFlightObject['job']): Pick<ReportRow, 'key' | 'destinationKey' | 'versionId'> {
  return { key: job.key, destinationKey: job.destinationKey ?? null, versionId: job.versionId ?? null }
}
