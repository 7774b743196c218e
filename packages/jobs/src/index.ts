export { systemClock } from './clock.js'
export { startConducted, type Conducted, type ConductedOptions } from './conduct/conducted.js'
export type { Decide, Reports, Verdict } from './conduct/conductor.js'
export type { Share } from './conduct/messages.js'
export { isPassing, JobsError, type JobsErrorCode } from './errors.js'
export { joinJob, readMeta, type Job, type JoinJobOptions } from './job.js'
export { changeControl, readControl } from './operator/control.js'
export { exportJob, importJob } from './operator/export.js'
export { readFailures, retryFailures, type JobFailure } from './operator/failures.js'
export { forgetManifest } from './operator/forget.js'
export { endIfOver } from './items/plans.js'
export { readParts, type JobPart } from './operator/parts.js'
export { readSettled, type SettledManifest } from './operator/settled.js'
export { readStatus, type JobStatus, type ManifestStatus, type WorkerStatus } from './operator/status.js'
export { withRetries } from './with-retries.js'
export {
  endPlanning,
  planManifest,
  supersedeOthers,
  type ManifestToPlan,
  type Planned,
  type PlanOptions,
} from './planner/plan.js'
export { skipRows } from './planner/skip-rows.js'
export { itemRowsFor } from './planner/slices.js'
export type {
  Channel,
  ChannelTopic,
  Clock,
  CreateJobOptions,
  Engine,
  JobEngine,
  QueueCounts,
  RecordChange,
  RecordStore,
  StoredRecord,
  WorkMessage,
  WorkQueue,
  WriteOptions,
} from './ports.js'
export { addCounts, NO_COUNTS, rowsOf, type Counts, type RowOutcome } from './records/counts.js'
export type { ControlRecord, ControlSettings, WorkerControl } from './records/control-record.js'
export type { ReadProblem } from './records/item-record.js'
export {
  checkSettings,
  PROTOCOL,
  type JobSettings,
  type JobState,
  type MetaRecord,
} from './records/meta-record.js'
export { manifestId } from './records/names.js'
export {
  createUploadLedger,
  forgetUpload,
  readUploads,
  type JobUpload,
  type JobUploadLedger,
} from './uploads/ledger.js'
export type { FailedRow } from './worker/failure-chunks.js'
export {
  POISON_ROW,
  type Admission,
  type HeldItem,
  type ReleaseOptions,
  type ReportPart,
  type ReportParts,
  type Settlement,
} from './worker/held-item.js'
export type { WorkerEvent, WorkerOptions } from './worker/options.js'
export { takeRole, type Role, type RoleName } from './worker/roles.js'
export type { Worker } from './worker/worker-contract.js'
export { startWorker } from './worker/worker.js'
