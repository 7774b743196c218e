import { slicesOf } from '../rows/batches.js'
import type { ManifestProgress } from '../manifests/progress.js'
import { identityOf, InFlightKeys, versionOf } from '../outcomes/in-flight-keys.js'
import type { InFlightObject, NamingRow } from '../outcomes/in-flight-object.js'
import type { Outcomes } from '../outcomes/outcomes.js'
import type { CopyJob } from '../ports/copier.js'
import type { KeyBatch } from '../ports/manifests.js'
import { LOOKUP, type FailureRecord, type StatePort } from '../ports/state.js'

export interface ObjectsToCopyOptions {
  readonly state: StatePort
  readonly outcomes: Outcomes
  /** Whether rows that name one key are processed separately. */
  readonly allowDuplicates: boolean
}

/**
 * Separates rows whose outcome is known from objects to copy.
 *
 * Nothing is awaited between the look-up of a key and its registration as a named object, so that a key is either complete in the
 * state, registered, or returned now: never copied twice.
 */
export class ObjectsToCopy {
  readonly #options: ObjectsToCopyOptions
  readonly #inFlight = new InFlightKeys()

  constructor(options: ObjectsToCopyOptions) {
    this.#options = options
  }

  /** Gives every row its outcome if all are complete, and none if they are not; true in the first case. */
  async skipComplete(manifest: ManifestProgress, batches: readonly KeyBatch[]): Promise<boolean> {
    await this.#idle()
    // The first rows decide for most batches: that many look-ups together block the event loop if the state is larger than the memory.
    const [firstRows] = slicesOf(batches[0]!)
    if (!this.#areComplete([firstRows!]) || !this.#areComplete(batches)) return false
    for (const { keys, rowGroup, firstRow, rows, lastOfRowGroup } of batches) {
      await this.#idle()
      keys.forEach((key, i) => {
        this.#options.outcomes.skipped(key!, { manifest, rowGroup, row: rows?.[i] ?? firstRow + i })
      })
      manifest.tally.see(rows?.at(-1) ?? firstRow + keys.length - 1)
      manifest.read(rowGroup, keys.length, 0, lastOfRowGroup)
    }
    return true
  }

  /** The objects to copy for the rows of a slice; all other rows get their outcome, or follow an object that is being copied. */
  async ofSlice(manifest: ManifestProgress, batch: KeyBatch): Promise<InFlightObject[]> {
    const { state, outcomes, allowDuplicates } = this.#options
    await this.#idle()
    const { keys, problems, rowGroup, firstRow, rows } = batch
    const identities = identitiesOf(batch)
    const versions = versionsOf(batch)
    const known = state.lookup(identities, versions)

    this.#inFlight.beginSlice()
    const toCopy: InFlightObject[] = []
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
      const version = versions[i] ?? null
      if (known[i] === LOOKUP.failedInThisRound) {
        outcomes.skippedFailed({ identity, version, job: jobOf(batch, key, i) }, row)
        continue
      }
      outstanding += 1
      if (!allowDuplicates && this.#inFlight.follow(identity, row)) continue
      toCopy.push(this.#inFlight.add({ identity, version, job: jobOf(batch, key, i), row }))
    }
    for (const problem of problems) {
      const row = rows?.[problem.index] ?? firstRow + problem.index
      outcomes.badRow({ manifest, rowGroup, row }, problem, false)
    }
    manifest.tally.see(rows?.at(-1) ?? firstRow + keys.length - 1)
    manifest.read(rowGroup, keys.length, outstanding, batch.lastOfRowGroup)
    return toCopy
  }

  /** The objects to copy for recorded failures; all others get their outcome, or follow an object that is being copied. */
  async ofFailures(
    manifest: ManifestProgress,
    failures: readonly FailureRecord[],
  ): Promise<InFlightObject[]> {
    const { state, outcomes } = this.#options
    await this.#idle()
    const known = state.lookup(
      failures.map((failure) => failure.key),
      failures.map((failure) => failure.version ?? null),
    )
    this.#inFlight.beginSlice()
    const toCopy: InFlightObject[] = []
    failures.forEach((failure, i) => {
      const { key: identity, version = null } = failure
      const row: NamingRow = { manifest, rowGroup: failure.rowGroup, row: failure.row }
      manifest.tally.see(failure.row)
      const job = (failure.job ?? { key: identity }) as CopyJob
      if (failure.class === 'row') outcomes.badRow(row, failure, true)
      else if (known[i] === LOOKUP.complete) outcomes.skipped(job.key, row)
      else if (known[i] === LOOKUP.failedInThisRound) outcomes.skippedFailed({ identity, version, job }, row)
      else if (!this.#inFlight.follow(identity, row)) {
        toCopy.push(this.#inFlight.add({ identity, version, job, row }))
      }
    })
    return toCopy
  }

  /** The object has its outcome: rows no longer follow it. */
  done(object: InFlightObject): void {
    this.#inFlight.done(object)
  }

  #areComplete(batches: readonly KeyBatch[]): boolean {
    const known = this.#options.state.lookup(batches.flatMap(identitiesOf), batches.flatMap(versionsOf))
    return known.every((answer) => answer === LOOKUP.complete)
  }

  async #idle(): Promise<void> {
    await this.#options.state.idle()
    await this.#options.outcomes.idle()
  }
}

function identitiesOf({ keys, destinationKeys }: KeyBatch): readonly (string | null)[] {
  if (destinationKeys === undefined) return keys
  return keys.map((key, i) => (key === null ? null : identityOf(key, destinationKeys[i])))
}

function versionsOf({ keys, etags, sizes, versionIds }: KeyBatch): (string | null)[] {
  return keys.map((_, i) => versionOf(etags?.[i], sizes?.[i], versionIds?.[i]))
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
