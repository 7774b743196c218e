import type { KeyStreamItem } from '../ports/key-stream.js'
import type { ManifestReader, ManifestRef } from '../ports/manifests.js'
import type { FailureRecord, KnownManifest, KnownState } from '../ports/state.js'
import { failureSteps } from './batches.js'

interface KeyStreamOptions {
  readonly state: Pick<KnownState, 'manifest'>
  readonly open: (ref: ManifestRef) => Promise<ManifestReader>
  readonly onOpened: (ref: ManifestRef, rows: number | null) => void
  readonly signal: AbortSignal
}

/** The rows of all manifests, one after another: first what failed before, then the row groups not yet settled. */
export async function* keyStream(
  refs: Iterable<ManifestRef> | AsyncIterable<ManifestRef>,
  options: KeyStreamOptions,
): AsyncGenerator<KeyStreamItem> {
  for await (const ref of refs) {
    if (options.signal.aborted) return
    const state = options.state.manifest(ref)
    let settledRows = state.settledRows().rows
    for (const failures of failureSteps(failuresToRetry(state))) {
      settledRows -= failures.length
      yield { kind: 'failures', ref, failures }
    }
    if (state.finished !== null) {
      yield { kind: 'end', ref, settledRows, read: null }
      continue
    }
    try {
      const reader = await options.open(ref)
      options.onOpened(ref, reader.rows)
      // A list does not say in advance how many rows it has, and a filter selects fewer than the footer states: rows are counted.
      let rows = state.settledRows().rows
      let rowGroups = reader.rowGroups?.length ?? 0
      const skipRowGroup = (index: number): boolean => {
        rowGroups = Math.max(rowGroups, index + 1)
        return state.isRowGroupSettled(index)
      }
      for await (const batch of reader.batches({ skipRowGroup, signal: options.signal })) {
        rows += batch.keys.length
        yield { kind: 'batch', ref, batch }
      }
      if (options.signal.aborted) return
      yield {
        kind: 'end',
        ref,
        settledRows,
        read: { rows, rowGroups },
      }
    } catch (error) {
      if (options.signal.aborted) return
      yield { kind: 'broken', ref, error, settledRows }
    }
  }
}

/** Requested lazily: an object that completes in the meantime removes its later failures, and their rows count as settled. */
function failuresToRetry(state: KnownManifest): Iterable<FailureRecord> {
  return state.settledRows().failed > 0 ? state.failures() : []
}
