export { runSync } from './run-sync.js'
export { runVerify, type VerifyOptions, type VerifySummary } from './verify/run-verify.js'
export type { Comparison, Evidence, VerifyCode } from './verify/compare-objects.js'
export type { EvidenceCounts } from './verify/comparer.js'
export {
  resolveOptions,
  describeEndpoint,
  identityOfJob,
  type ConcurrencyOptions,
  type CopyOptions,
  type Identity,
  type ResolvedOptions,
  type RetryFilter,
  type SyncOptions,
} from './options.js'
export { Pipeline } from './run-pipeline.js'
export type { PipelineOptions, PipelineResult, WatchPort } from './pipeline-options.js'
export {
  SyncError,
  describeError,
  type ExitCode,
  type SyncErrorCode,
  type SyncErrorOptions,
} from './errors.js'
export type { EventSink, ProgressEvent, SyncEvent, SyncSummary } from './events.js'
export type { BackoffOptions } from './backoff.js'
export type { OutageOptions } from './outage.js'
export type { RunControls, RunLimits, RunObserver } from './run-controls.js'
export { LOOKUP } from './ports.js'
export type {
  Attempt,
  AttemptFailure,
  AttemptRunner,
  BatchOptions,
  Controller,
  CopierPort,
  CopyJob,
  CopyResult,
  Decision,
  FailureClass,
  FailureRecord,
  Gate,
  KeyBatch,
  KnownManifest,
  KnownState,
  ManifestReader,
  ManifestRef,
  ManifestSource,
  ManifestState,
  Permit,
  ReportPort,
  ReportRow,
  RowProblem,
  RunnerResult,
  StatePort,
  WindowSample,
} from './ports.js'
export type { RowFilter } from '@lagoon/manifest'
export { isSameBucket, type EndpointOptions } from '@lagoon/transfer'
