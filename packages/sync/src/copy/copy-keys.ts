import { batchGroups, slicesOf } from '../rows/batches.js'
import { ObjectCopier, type CopyObjectsOptions } from './copy-objects.js'
import type { KeyStreamItem } from '../ports/key-stream.js'
import { ManifestProgress } from '../manifests/progress.js'
import type { InFlightObject } from '../outcomes/in-flight-object.js'
import { ObjectsToCopy, type ObjectsToCopyOptions } from './objects-to-copy.js'
import type { KeyBatch, ManifestRef } from '../ports/manifests.js'
import type { FailedObject } from '../outcomes/reporter.js'
import type { Tally } from '../outcomes/tally.js'

/**
 * Rows that are looked up together while all of them are complete: far more than a batch, because a page of the state that contains
 * several of them is read once.
 */
const ROWS_AT_ONCE = 65_536

export interface CopyKeysOptions extends ObjectsToCopyOptions, Omit<CopyObjectsOptions, 'onDone'> {
  readonly tally: Tally
  /** Every row of a manifest that was read has its outcome. */
  readonly onFinished: (ref: ManifestRef, rows: number) => void
  /** A manifest was read to its end, was finished before, or could not be read further. */
  readonly onEnd: (item: KeyStreamItem & { kind: 'end' | 'broken' }) => void
}

/**
 * The middle of the pipeline: skip what is done, admit, copy, record.
 *
 * 1. Rows wait in one batch only: the next is requested after each row of this one is begun or has its outcome. Whatever a row needs is
 *    created for a slice of the batch at a time. Batches are combined only after one in which every row was complete.
 * 2. After `stop` no object is begun; objects in flight end and are recorded.
 */
export class KeyCopier {
  readonly #options: CopyKeysOptions
  readonly #rows: ObjectsToCopy
  readonly #objects: ObjectCopier
  #manifest: ManifestProgress | null = null
  #allComplete = false

  constructor(options: CopyKeysOptions) {
    this.#options = options
    this.#rows = new ObjectsToCopy(options)
    this.#objects = new ObjectCopier({ ...options, onDone: (object) => this.#rows.done(object) })
  }

  /** Copies what the stream names, then retries transient failures. Rejects only on a defect. */
  async run(stream: AsyncIterable<KeyStreamItem>): Promise<void> {
    for await (const item of batchGroups(stream, () => (this.#allComplete ? ROWS_AT_ONCE : 1))) {
      const manifest = this.#progressOf(item.ref)
      if (item.kind === 'batches') await this.#copyBatches(manifest, item.batches)
      else if (item.kind === 'failures')
        await this.#beginAll(await this.#rows.ofFailures(manifest, item.failures))
      else {
        manifest.tally.scan.skipped += item.settledRows
        if (item.kind === 'end' && item.read !== null) manifest.end(item.read.rows, item.read.rowGroups)
        this.#options.onEnd(item)
      }
      if (this.#objects.over) break
    }
    await this.#objects.drained()
    await this.#lastPass()
  }

  /** Waits for what is in flight, whatever went wrong. */
  drained(): Promise<void> {
    return this.#objects.settled()
  }

  #progressOf(ref: ManifestRef): ManifestProgress {
    if (this.#manifest?.ref !== ref) {
      const { state, tally, onFinished } = this.#options
      const known = { state: state.manifest(ref), tally: tally.of(ref) }
      this.#manifest = new ManifestProgress(ref, known, (rows) => onFinished(ref, rows))
    }
    return this.#manifest
  }

  async #copyBatches(manifest: ManifestProgress, batches: readonly KeyBatch[]): Promise<void> {
    this.#allComplete = await this.#rows.skipComplete(manifest, batches)
    if (this.#allComplete) return
    for (const batch of batches) {
      await this.#copyRows(manifest, batch)
      if (this.#objects.over) return
    }
  }

  async #copyRows(manifest: ManifestProgress, batch: KeyBatch): Promise<void> {
    for (const slice of slicesOf(batch)) {
      await this.#beginAll(await this.#rows.ofSlice(manifest, slice))
      if (this.#objects.over) return
    }
  }

  /** Begins objects in their order, as soon as there is a permit for each; gives how many were begun before the run was over. */
  async #beginAll(
    objects: readonly InFlightObject[],
    earlier: readonly FailedObject[] | null = null,
  ): Promise<number> {
    const { stop } = this.#options.attempts
    for (let begun = 0; begun < objects.length;) {
      try {
        const admitted = this.#objects.admit()
        // Not awaited where nothing is waited for: that would be a turn for each object.
        const permit = admitted instanceof Promise ? await admitted : admitted
        const result = this.#objects.begin(objects[begun]!, permit, earlier?.[begun] ?? null)
        if (result === false) return begun
        if (result === true) begun += 1
        else await result
      } catch (error) {
        if (stop.aborted) return begun
        throw error
      }
    }
    return objects.length
  }

  async #lastPass(): Promise<void> {
    const { outcomes, attempts } = this.#options
    const deferred = outcomes.takeDeferred()
    const begun = await this.#beginAll(
      deferred.map(({ object }) => object),
      deferred,
    )
    await this.#objects.drained()
    // Failures that the stop kept from the last pass are reported as they are.
    if (attempts.stop.aborted) outcomes.reportDeferred(deferred.slice(begun))
  }
}
