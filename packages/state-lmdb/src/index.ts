export { StateError, type StateErrorCode } from './errors.js'
export { compactState, forgetInState, moveState } from './state/maintenance.js'
export type { Identity } from './types.js'
export type { LeaseWait, StateOptions } from './options.js'
export { openStateReadOnly, type ReadonlyStateOptions } from './state/readonly-state.js'
export { openState } from './state/open-state.js'
export { openSeenKeys, type SeenKeys } from './seen/seen-keys.js'
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
