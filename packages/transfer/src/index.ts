export { abandonUploads, type AbandonedUpload, type AbandonUploadsOptions } from './copy/abandon-uploads.js'
export type { Attempt, AttemptFailure, AttemptRunner, FailureClass, RunResult, Side } from './attempt.js'
export type { CopyWarning } from './copy/object-tags.js'
export { createCopier } from './create-copier.js'
export type { Copier, CopyJob, CopyResult } from './contract.js'
export type { CopierOptions, OverwriteMode } from './options/copier-options.js'
export type { Credentials } from './s3/credentials.js'
export type { DestinationLimits } from './options/provider-limits.js'
export { TransferError, type TransferErrorCode } from './errors.js'
export {
  createInspector,
  type InspectedObject,
  type Inspector,
  type InspectorOptions,
} from './relay/inspector.js'
export type { ListedObject } from './listing/page.js'
export { mapKey, type KeyMapping } from './options/keys.js'
export type { EndpointOptions } from './options/endpoint-options.js'
export { resolveParts, type PartOptions } from './options/part-sizes.js'
export type { PlanTuning } from './copy/plan.js'
export { createSimpleRunner, type SimpleRunnerOptions } from './simple-runner.js'
export type { TrafficLimits } from './options/traffic-limits.js'
export { createStore, type Store } from './store/store.js'
export type { ObjectHead } from './store/store-request.js'
export { isSameBucket, storeIdentity, type StoreAddress } from './store/store-identity.js'
export type { UploadLedger, UploadRecord } from './copy/upload-ledger.js'
export type { Verification } from './verify/verification.js'
export { concernsWholeRun, isExpiredCredentials } from './failures/whole-run.js'
export type { WrittenObjectOptions } from './s3/destination-headers.js'
