export { runWorker } from './run-worker.js'
export { nameOfJob, settingsOfJob } from './job-settings.js'
export type { OperatorSettings, WorkOptions, WorkSummary } from './options.js'
