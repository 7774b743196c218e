import { Worker } from 'node:worker_threads'
import type { ThreadReport, ThreadStart } from './messages.js'

/** Built, also where this file is run from its source: a thread is started by Node itself. */
export const ENTRY = new URL('../../dist/threads/thread-entry.js', import.meta.url)

/** What there is to hear of a thread. */
export interface WorkerEvents {
  onReport(report: ThreadReport): void
  /** It is no more, for whatever reason. */
  onEnd(cause: unknown): void
}

/** Starts a thread that runs a file. */
export function startWorker(entry: URL, workerData: ThreadStart, events: WorkerEvents): Worker {
  // A thread inherits Node's arguments, and Node refuses this one for a file.
  const ofStringInput = process.execArgv.some((argument) => argument.startsWith('--input-type'))
  const worker = new Worker(entry, {
    workerData,
    name: 'lagoon-copier',
    ...(ofStringInput && { execArgv: [] }),
  })
  let cause: unknown
  worker.on('message', (report: ThreadReport) => events.onReport(report))
  worker.on('error', (error) => (cause = error))
  worker.on('exit', () => events.onEnd(cause))
  return worker
}
