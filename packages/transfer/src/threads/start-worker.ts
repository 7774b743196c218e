import { Worker } from 'node:worker_threads'
import type { ThreadReport, ThreadStart, ToThread } from './messages.js'

/** Built, also where this file is run from its source: a thread is started by Node itself. */
const ENTRY = new URL(import.meta.resolve('#copier-thread'))

/** Events of a thread. */
export interface ThreadEvents {
  onReport(report: ThreadReport): void
  /** It is no more, for whatever reason. */
  onEnd(cause: unknown): void
}

/** A thread that runs, as its owner needs it. */
export interface RunningThread {
  postMessage(messages: ToThread[]): void
  /** Whether it keeps the process alive. */
  ref(): void
  unref(): void
  /** Resolves when it is no more. */
  terminate(): Promise<unknown>
}

/** Starts a thread. */
export type StartThread = (start: ThreadStart, events: ThreadEvents) => RunningThread

/** Starts a worker thread that runs a file; by default the one that copies. */
export function startWorkerThread(
  workerData: ThreadStart,
  events: ThreadEvents,
  entry = ENTRY,
): RunningThread {
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
