export { abandonUploads, type AbandonedUpload, type AbandonUploadsOptions } from './copy/abandon-uploads.js'
export type {
  Attempt,
  AttemptFailure,
  AttemptRunner,
  FailureClass,
  RunResult,
  Side,
} from './contract/attempt.js'
export type { CopyWarning } from './contract/copier.js'
export { createCopier } from './threads/create-copier.js'
export type { Copier, CopyCall, CopyJob, CopyProgress, CopyResult } from './contract/copier.js'
export type { CopierOptions, OverwriteMode } from './options/copier-options.js'
export type { Credentials } from './options/credentials.js'
export type { DestinationLimits } from './options/provider-limits.js'
export { TransferError, type TransferErrorCode } from './contract/errors.js'
export {
  createInspector,
  type InspectedObject,
  type Inspector,
  type InspectorOptions,
} from './relay/inspector.js'
export type { UnorderedListing } from './listing/list-in-parallel.js'
export type { ListedObject } from './listing/page.js'
export type { KeyRange } from './listing/split-listing.js'
export { mapKey, type KeyMapping } from './options/key-mapping.js'
export type { EndpointOptions } from './options/endpoint-options.js'
export { resolveParts, type PartOptions } from './options/part-sizes.js'
export type { PlanTuning } from './options/part-sizes.js'
export { createSimpleRunner, type SimpleRunnerOptions } from './contract/simple-runner.js'
export type { TrafficLimits } from './contract/copier.js'
export { createStore, type Store } from './store/store.js'
export type { ObjectHead } from './store/store-request.js'
export { isSameBucket, refuseSameBucket, storeIdentity, type StoreAddress } from './options/store-identity.js'
export type { UploadLedger } from './contract/copier.js'
export type { UploadRecord } from './copy/upload-ledger.js'
export type { Verification } from './verify/verification.js'
export { adviceOn } from './failures/store-error.js'
export { concernsWholeRun, isExpiredCredentials } from './failures/whole-run.js'
export type { WrittenObjectOptions } from './options/destination-headers.js'
