export { runWorker } from './run-worker.js'
export { dryRunJob } from './dry-run.js'
export { verificationOf, verifyJob } from './verify-worker.js'
export { nameOfJob, settingsOfJob } from './job-settings.js'
export type {
  JobDryRun,
  JobDryRunOptions,
  JobVerification,
  OperatorSettings,
  VerifyWorkOptions,
  WorkOptions,
  WorkSummary,
} from './options.js'
