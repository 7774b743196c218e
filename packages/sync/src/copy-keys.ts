import { ObjectAttempts, type AttemptContext } from './attempts.js'
import { slicesOf } from './batch-slices.js'
import type { KeyStreamItem } from './key-stream.js'
import { ManifestProgress } from './manifest-progress.js'
import { identityOf, NamedObjects, versionOf, type NamedObject, type NamingRow } from './named-objects.js'
import { OpenObjects } from './open-objects.js'
import type { Deferred, Outcomes } from './outcomes.js'
import {
  LOOKUP,
  type AttemptFailure,
  type CopierPort,
  type CopyJob,
  type FailureRecord,
  type KeyBatch,
  type ManifestRef,
  type Permit,
  type StatePort,
} from './ports.js'
import type { Tally } from './tally.js'

/**
 * Objects may wait for another attempt beside those in flight, about as many as are in flight and a few more. With many more than the limit, a store that
 * throttles is asked again and again for objects that were begun long before it can serve them.
 */
const OPEN_BESIDE_THE_LIMIT = 16

export interface CopyKeysOptions {
  readonly state: StatePort
  readonly copier: CopierPort
  readonly outcomes: Outcomes
  readonly tally: Tally
  readonly attempts: AttemptContext
  /** Objects that may be begun and not ended at once, those that wait for another attempt included. */
  readonly maxOpenObjects: number
  /** Whether rows that name one key are gone through each for itself. */
  readonly rowsApart: boolean
  /** True when a failure concerns the run, not the object; the run has been stopped then, and nothing is marked. */
  readonly stopsTheRun: (failure: AttemptFailure) => boolean
  /** Every row of a manifest that was read has its outcome. */
  readonly onFinished: (ref: ManifestRef, rows: number) => void
  /** A manifest was read to its end, was finished before, or could not be read on. */
  readonly onEnd: (item: KeyStreamItem & { kind: 'end' | 'broken' }) => void
}

/**
 * The middle of the pipeline: skip what is done, admit, copy, record.
 *
 * 1. Between the look-up of a key and its registration as a named object nothing is awaited, so that a key is
 *    either complete in the state, registered, or begun now: never copied twice.
 * 2. Rows wait in one batch only: the next is not asked for before each row of this one is begun or has its outcome. What a row needs is made for a
 *    slice of the batch at a time.
 * 3. After `stop` no object is begun; objects in flight end and are recorded.
 */
export class KeyCopier {
  readonly #options: CopyKeysOptions
  readonly #named = new NamedObjects()
  readonly #open: OpenObjects
  #manifest: ManifestProgress | null = null
  #fault: unknown = null

  constructor(options: CopyKeysOptions) {
    this.#options = options
    const { gate } = options.attempts
    this.#open = new OpenObjects(() =>
      Math.min(options.maxOpenObjects, 2 * gate.limit + OPEN_BESIDE_THE_LIMIT),
    )
  }

  /** Copies what the stream names, then what failed for a passing reason. Rejects on a defect only. */
  async run(stream: AsyncIterable<KeyStreamItem>): Promise<void> {
    const { attempts, onEnd } = this.#options
    for await (const item of stream) {
      const manifest = this.#progressOf(item.ref)
      if (item.kind === 'batch') await this.#copyRows(manifest, item.batch)
      else if (item.kind === 'failures') await this.#retry(manifest, item.failures)
      else {
        manifest.tally.look.skipped += item.settledRows
        if (item.kind === 'end' && item.read !== null) manifest.end(item.read.rows, item.read.rowGroups)
        onEnd(item)
      }
      if (attempts.stop.aborted || this.#fault !== null) break
    }
    await this.#open.drained()
    await this.#lastPass()
    if (this.#fault !== null) throw this.#fault
  }

  #progressOf(ref: ManifestRef): ManifestProgress {
    if (this.#manifest?.ref !== ref) {
      const { state, tally, onFinished } = this.#options
      const known = { state: state.manifest(ref), tally: tally.of(ref) }
      this.#manifest = new ManifestProgress(ref, known, (rows) => onFinished(ref, rows))
    }
    return this.#manifest
  }

  async #lastPass(): Promise<void> {
    const { outcomes, attempts } = this.#options
    const deferred = outcomes.takeDeferred()
    let next = 0
    for (; next < deferred.length && this.#fault === null; next += 1) {
      if (!(await this.#begin(deferred[next]!.object, deferred[next]!))) break
    }
    await this.#open.drained()
    // What the stop kept from a last attempt is told as it was.
    if (attempts.stop.aborted) outcomes.tellDeferred(deferred.slice(next))
  }

  async #copyRows(manifest: ManifestProgress, batch: KeyBatch): Promise<void> {
    for (const slice of slicesOf(batch)) {
      await this.#copySlice(manifest, slice)
      if (this.#options.attempts.stop.aborted || this.#fault !== null) return
    }
  }

  async #copySlice(manifest: ManifestProgress, batch: KeyBatch): Promise<void> {
    const { state, outcomes, rowsApart } = this.#options
    await state.idle()
    await outcomes.idle()
    const { keys, problems, rowGroup, firstRow, rows } = batch
    const identities = batch.destinationKeys
      ? keys.map((key, i) => (key === null ? null : identityOf(key, batch.destinationKeys![i])))
      : keys
    const versions =
      batch.etags || batch.sizes || batch.versionIds
        ? keys.map((_, i) => versionOf(batch.etags?.[i], batch.sizes?.[i], batch.versionIds?.[i]))
        : undefined
    const known = versions ? state.lookup(identities, versions) : state.lookup(identities)

    this.#named.beginSlice()
    const toCopy: NamedObject[] = []
    let outstanding = 0
    for (let i = 0; i < keys.length; i += 1) {
      const key = keys[i]
      const identity = identities[i]
      if (key === null || key === undefined || identity === null || identity === undefined) continue
      const row: NamingRow = { manifest, rowGroup, row: rows?.[i] ?? firstRow + i }
      if (known[i] === LOOKUP.complete) {
        outcomes.skipped(key, row)
        continue
      }
      if (known[i] === LOOKUP.failedInThisRound) {
        outcomes.skippedFailed({ identity, version: versions?.[i] ?? null, job: jobOf(batch, key, i) }, row)
        continue
      }
      outstanding += 1
      if (!rowsApart && this.#named.follow(identity, row)) continue
      const object: NamedObject = {
        identity,
        version: versions?.[i] ?? null,
        job: jobOf(batch, key, i),
        row,
        followers: null,
        waiting: false,
      }
      this.#named.add(object)
      toCopy.push(object)
    }
    for (const problem of problems) {
      const row = rows?.[problem.index] ?? firstRow + problem.index
      outcomes.badRow({ manifest, rowGroup, row }, problem, false)
    }
    manifest.tally.see(rows?.at(-1) ?? firstRow + keys.length - 1)
    manifest.read(rowGroup, keys.length, outstanding, batch.lastOfRowGroup)
    await this.#beginAll(toCopy)
  }

  async #retry(manifest: ManifestProgress, failures: readonly FailureRecord[]): Promise<void> {
    const { state, outcomes } = this.#options
    await state.idle()
    await outcomes.idle()
    const known = state.lookup(
      failures.map((failure) => failure.key),
      failures.map((failure) => failure.version ?? null),
    )
    this.#named.beginSlice()
    const toCopy: NamedObject[] = []
    failures.forEach((failure, i) => {
      const row: NamingRow = { manifest, rowGroup: failure.rowGroup, row: failure.row }
      manifest.tally.see(failure.row)
      const job = (failure.job ?? { key: failure.key }) as CopyJob
      const object: NamedObject = {
        identity: failure.key,
        version: failure.version ?? null,
        job,
        row,
        followers: null,
        waiting: false,
      }
      if (failure.class === 'row') outcomes.badRow(row, failure, true)
      else if (known[i] === LOOKUP.complete) outcomes.skipped(job.key, row)
      else if (known[i] === LOOKUP.failedInThisRound) outcomes.skippedFailed(object, row)
      else if (!this.#named.follow(object.identity, row)) {
        this.#named.add(object)
        toCopy.push(object)
      }
    })
    await this.#beginAll(toCopy)
  }

  async #beginAll(objects: readonly NamedObject[]): Promise<void> {
    for (const object of objects) {
      if (this.#fault !== null || !(await this.#begin(object, null))) return
    }
  }

  /** Waits for room and a permit and begins one object; false when the run is stopped. */
  async #begin(object: NamedObject, earlier: Deferred | null): Promise<boolean> {
    const { attempts } = this.#options
    const { gate, stop, window, now } = attempts
    if (this.#open.full) await this.#open.room()
    if (stop.aborted) return false
    let permit = gate.tryAcquire()
    if (permit === null) {
      try {
        permit = await gate.acquire({ signal: stop })
      } catch (error) {
        if (stop.aborted) return false
        throw error
      }
      if (stop.aborted) {
        permit.release()
        return false
      }
    }
    window.inFlightChanged(gate.inFlight, now())
    this.#open.begin()
    void this.#copy(object, permit, earlier)
    return true
  }

  async #copy(object: NamedObject, permit: Permit, earlier: Deferred | null): Promise<void> {
    const { copier, attempts, outcomes, stopsTheRun } = this.#options
    const startedAt = attempts.now()
    const runner = new ObjectAttempts(attempts, permit)
    try {
      const result = await copier.copy(object.job, runner, attempts.abort)
      const durationMs = Math.round(attempts.now() - startedAt)
      this.#named.done(object)
      if (!result.ok && result.failure.class === 'aborted') {
        // Without an outcome: the next run takes the object up. What had failed before stays as it was.
        if (earlier !== null) outcomes.tellDeferred([earlier])
        return
      }
      attempts.observer?.objectEnded(
        durationMs,
        !result.ok ? 'failed' : result.skipped ? 'skipped' : 'copied',
      )
      if (result.ok) outcomes.copied(object, result, durationMs, earlier !== null)
      else if (earlier !== null) outcomes.failedAgain(object, result.failure, result.attempts, durationMs)
      // Without an outcome here too: the run ends.
      else if (stopsTheRun(result.failure)) return
      else outcomes.failed(object, result.failure, result.attempts, durationMs)
    } catch (error) {
      this.#fault ??= error
    } finally {
      runner.releaseUnused()
      this.#open.end()
    }
  }
}

function jobOf(batch: KeyBatch, key: string, i: number): CopyJob {
  const destinationKey = batch.destinationKeys?.[i]
  const versionId = batch.versionIds?.[i]
  const sizeBytes = batch.sizes?.[i]
  if (destinationKey == null && versionId == null && sizeBytes == null) return { key }
  return {
    key,
    ...(destinationKey == null ? {} : { destinationKey }),
    ...(versionId == null ? {} : { versionId }),
    ...(sizeBytes == null ? {} : { sizeBytes }),
  }
}
