export { StateError, type StateErrorCode } from './errors.js'
export { compactState, forgetInState, moveState } from './lmdb/maintenance.js'
export type { Identity, LeaseWait, StateOptions } from './options.js'
export { openStateReadOnly, type ReadonlyStateOptions } from './readonly-state.js'
export { openState } from './open-state.js'
export type {
  Counts,
  FailureFilter,
  FailureRecord,
  ForgetRequest,
  Forgotten,
  ManifestRef,
  ManifestState,
  ManifestSummary,
  ReadonlyManifestState,
  ReadonlyState,
  ReadonlyUploads,
  RowFailureClass,
  RunRecord,
  State,
  Uploads,
} from './types.js'
