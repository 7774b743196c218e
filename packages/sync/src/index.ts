export { runSync } from './run/run-sync.js'
export { runVerify, type VerifyOptions, type VerifySummary } from './run/run-verify.js'
export type { Comparison, Evidence, VerifyCode } from './verify/compare-objects.js'
export type { EvidenceCounts } from './verify/comparer.js'
export { resolveOptions } from './options/resolve-options.js'
export { describeEndpoint, identityOfJob, type Identity, type StoreAliases } from './rows/job-identity.js'
export { describeShard, shardHash, type Shard, type ShardOf } from './rows/shard.js'
export type {
  ConcurrencyOptions,
  CopyOptions,
  ListingOptions,
  ResolvedOptions,
  RetryFilter,
  SyncOptions,
} from './options/options.js'
export { manifestLocation, manifestName, type ManifestLocation } from './options/location.js'
export { SourceStores } from './manifests/source-stores.js'
export { Pipeline } from './run/run-pipeline.js'
export type { PipelineOptions, PipelineResult, WatchPort } from './run/pipeline-options.js'
export {
  SyncError,
  describeError,
  type ErrorDescription,
  type EndReason,
  type StopReason,
  type SyncErrorCode,
  type SyncErrorOptions,
} from './ports/errors.js'
export type { EventSink, ListingEvent, ProgressEvent, SyncEvent, SyncSummary } from './ports/events.js'
export type { BackoffOptions } from './options/backoff.js'
export type { OutageOptions } from './options/outage.js'
export type { RunControls, RunLimits } from './ports/controls.js'
export type { RunObserver } from './ports/observer.js'
export { LOOKUP } from './ports/state.js'
export type { Controller, Decision, Gate, Permit, WindowSample } from './ports/concurrency.js'
export type {
  Attempt,
  AttemptFailure,
  AttemptRunner,
  CopierPort,
  CopyJob,
  CopyResult,
  FailureClass,
  RunnerResult,
} from './ports/copier.js'
export type {
  BatchOptions,
  KeyBatch,
  ManifestReader,
  ManifestRef,
  ManifestSource,
  RowProblem,
} from './ports/manifests.js'
export type { ReportPort, ReportRow } from './ports/report.js'
export type {
  FailureRecord,
  KnownManifest,
  KnownState,
  ManifestId,
  ManifestState,
  PlanPort,
  RowFailureClass,
  RowOutcome,
  StatePort,
} from './ports/state.js'
export type { RowFilter } from '@lagoon/manifest'
export { isSameBucket, type EndpointOptions } from '@lagoon/transfer'
