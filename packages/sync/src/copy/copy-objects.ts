import { ObjectAttempts, type AttemptContext } from './retry-policy.js'
import type { InFlightObject } from '../outcomes/in-flight-object.js'
import { OpenObjects } from './open-objects.js'
import { isFinal, type FailedObject } from '../outcomes/reporter.js'
import type { Outcomes } from '../outcomes/outcomes.js'
import type { RunTrouble } from './run-trouble.js'
import type { Permit } from '../ports/concurrency.js'
import type { AttemptFailure, CopierPort } from '../ports/copier.js'
import type { RowAdmission, WorkPort } from '../rows/work-port.js'

/**
 * Objects may wait to retry beside those in flight, about as many as are in flight and a few more. With many more than the limit, a
 * store that throttles would get requests for objects that were begun long before it can serve them.
 */
const OPEN_BESIDE_THE_LIMIT = 16

/** The failure of a row that has killed worker after worker. */
const POISON = {
  class: 'permanent',
  side: 'source',
  code: 'LAGOON_JOB_POISON_ROW',
  message: 'each process that began this row died',
} as const satisfies AttemptFailure

export interface CopyObjectsOptions {
  readonly copier: CopierPort
  readonly outcomes: Outcomes
  readonly attempts: AttemptContext
  /** Most objects that are begun and not ended at the same time, including those that wait to retry. */
  readonly maxOpenObjects: number
  /** Something of a copied object was not copied along. */
  readonly onWarning: (warning: { readonly code: string; readonly message: string }) => void
  /** Distinguishes trouble of the run from that of an object. */
  readonly trouble: RunTrouble
  /** Whether rows may be begun, where others share them; null where all may. */
  readonly work: WorkPort | null
  /** Ends the run for a failure that every other object would share. */
  readonly stopFor: (failure: AttemptFailure) => void
  /** The object was copied, or given up. Called before its outcome is recorded. */
  readonly onDone: (object: InFlightObject) => void
}

/** Admits objects, copies them concurrently, and records their outcomes. After `stop` none is begun. */
export class ObjectCopier {
  readonly #options: CopyObjectsOptions
  readonly #open: OpenObjects
  #fault: unknown = null
  #isDraining = false

  constructor(options: CopyObjectsOptions) {
    this.#options = options
    const { gate } = options.attempts
    this.#open = new OpenObjects(() =>
      Math.min(options.maxOpenObjects, 2 * gate.limit + OPEN_BESIDE_THE_LIMIT),
    )
  }

  /** True if nothing more is begun: the run was stopped, or there is a defect. */
  get over(): boolean {
    return this.#fault !== null || this.#options.attempts.stop.aborted
  }

  /** Waits for what was begun, and never rejects. */
  async settled(): Promise<void> {
    this.#isDraining = true
    this.#judgeIfIdle()
    await this.#open.drained()
    this.#isDraining = false
  }

  /** Objects that wait to see how others fare are judged when there are no others. */
  #judgeIfIdle(): void {
    const { trouble } = this.#options
    if (this.#isDraining && this.#open.count > 0 && this.#open.count === trouble.waiting) trouble.settle()
  }

  /** Waits for what was begun. Rejects on a defect. */
  async drained(): Promise<void> {
    await this.settled()
    if (this.#fault !== null) throw this.#fault
  }

  /** Room and a permit for one object; a promise where they have to be waited for, which rejects when the run is stopped. */
  admit(): Permit | Promise<Permit> {
    const { gate, stop } = this.#options.attempts
    const acquire = () => gate.acquire({ signal: stop })
    return this.#open.full ? this.#open.room().then(acquire) : (gate.tryAcquire() ?? acquire())
  }

  /**
   * Begins one object with the permit that it was given, an `earlier` failure of which was counted; false when it is over. A promise where
   * others share the rows and this one may not begin now: it is asked for again when that resolves.
   */
  begin(object: InFlightObject, permit: Permit, earlier: FailedObject | null): boolean | Promise<void> {
    // From here to the first request nothing is awaited.
    const admission = this.over ? 'gone' : this.#admissionOf(object)
    if (admission !== 'begin') {
      permit.release()
      if (this.over) return false
      if (admission === 'wait') return this.#options.work!.ready(object.row.manifest.ref)
      // Another worker's, or it has its outcome, or it killed its holders.
      this.#options.onDone(object)
      if (admission === 'poison') this.#options.outcomes.failed(object, POISON, 0, 0)
      return true
    }
    const { gate, window, now } = this.#options.attempts
    window.inFlightChanged(gate.inFlight, now())
    this.#open.begin()
    void this.#copy(object, permit, earlier)
    return true
  }

  #admissionOf({ row }: InFlightObject): RowAdmission {
    return this.#options.work?.admit(row.manifest.ref, row.row) ?? 'begin'
  }

  async #copy(object: InFlightObject, permit: Permit, earlier: FailedObject | null): Promise<void> {
    const { copier, attempts, outcomes, trouble, onDone, onWarning } = this.#options
    const startedAt = attempts.now()
    const { work } = this.#options
    const isGone = work === null ? null : () => work.isGone(object.row.manifest.ref)
    const runner = new ObjectAttempts(attempts, permit, isGone)
    try {
      const result = await copier.copy(object.job, runner, attempts.abort)
      const durationMs = Math.round(attempts.now() - startedAt)
      const stops =
        !result.ok && earlier === null && trouble.mayConcern(result.failure)
          ? await this.#stopsFor(result.failure, object)
          : false
      // From here to the record nothing is awaited: the object is no longer in flight.
      onDone(object)
      if (result.ok) {
        attempts.observer?.objectEnded(durationMs, result.skipped ? 'skipped' : 'copied')
        if (result.warning !== undefined) onWarning(result.warning)
        outcomes.copied(object, result, durationMs, earlier !== null)
        return
      }
      const { failure } = result
      if (!isFinal(failure)) {
        // No outcome: the next run copies the object. An earlier failure stays as it was.
        if (earlier !== null) outcomes.reportDeferred([earlier])
        return
      }
      attempts.observer?.objectEnded(durationMs, 'failed')
      if (earlier !== null) outcomes.failedAgain(object, failure, result.attempts, durationMs)
      // No outcome here either if the run ends.
      else if (!stops) outcomes.failed(object, trouble.asOwn(failure), result.attempts, durationMs)
    } catch (error) {
      this.#fault ??= error
    } finally {
      runner.releaseUnused()
      this.#open.end()
      this.#judgeIfIdle()
    }
  }

  async #stopsFor(failure: AttemptFailure, { job }: InFlightObject): Promise<boolean> {
    const { trouble, attempts, stopFor } = this.#options
    const verdict = trouble.isOfTheRun(failure, job.key, attempts.now(), () => this.#judgeIfIdle())
    if (!(await verdict)) return false
    stopFor(failure)
    return true
  }
}
