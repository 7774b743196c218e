import { isUnreachable } from '../run/parts.js'
import type { FailureRecord, ManifestState, StatePort } from '../ports/state.js'
import type { HeldRows } from './held-rows.js'

interface WorkStateOptions {
  /** The item that the pipeline knows by this object. */
  readonly rowsOf: (ref: object) => HeldRows | undefined
  /** Told of each failure that may pass, before it is tried again. */
  readonly onPassing: (failure: FailureRecord) => void
}

/**
 * The state of a worker that shares a job: every row that it is given is to do, and outcomes go to the record of their item. Nothing is
 * kept on this machine; checkpoints are the item's own.
 */
export function workState({ rowsOf, onPassing }: WorkStateOptions): StatePort {
  return {
    manifest: (ref): ManifestState => {
      const rows = rowsOf(ref)
      return {
        finished: null,
        isRowGroupSettled: () => false,
        settledRows: () => ({ rows: 0, failed: 0 }),
        failures: () => [],
        settleRow: (row, outcome, bytes = 0) => rows?.settle(row, outcome, bytes),
        settleRowGroup() {},
        finish() {},
      }
    },
    lookup: (keys) => new Uint8Array(keys.length),
    complete() {},
    fail: (failure) => rowsOf(failure.manifest)?.fail(plain(failure)),
    postpone(failure) {
      onPassing(failure)
      return rowsOf(failure.manifest)?.postpone(failure, isUnreachable(failure)) ?? true
    },
    flush: () => Promise.resolve(),
    startRound() {},
    idle: () => null,
  }
}

/** As it is stored: the manifest by name, without whatever else its object carries. */
function plain({ manifest, ...rest }: FailureRecord): FailureRecord {
  const { key, etag, scope } = manifest
  return { ...rest, manifest: { key, etag, ...(scope !== undefined && { scope }) } }
}
