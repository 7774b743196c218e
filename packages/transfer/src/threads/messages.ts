import type { Attempt, AttemptFailure } from '../contract/attempt.js'
import type { CopyResult, TrafficLimits } from '../contract/copier.js'
import type { CopierOptions } from '../options/copier-options.js'
import type { CopierCaps } from '../s3/rate-cap.js'

/**
 * Messages between the main thread and a thread that copies. Jobs, the runs of a job (calls of `AttemptRunner.run`) and signals go by
 * number. Run 0 is the first of its job; its first attempt is granted along with the job. Tuples, because a structured clone
 * spells out the name of every property.
 */
export type ToThread =
  | [
      type: 'job',
      job: number,
      key: string,
      destinationKey: string,
      versionId: string | undefined,
      sizeBytes: number | undefined,
      jobSignal: number,
      attemptSignal: number,
    ]
  /** The runner lets a run make an attempt. */
  | [type: 'attempt', job: number, run: number, signal: number]
  /** The runner gave a run up. */
  | [type: 'give-up', job: number, run: number, failure: AttemptFailure, attempts: number]
  /** The runner threw. */
  | [type: 'runner-threw', job: number, run: number]
  | [type: 'abort', signal: number]
  /** Nothing in progress uses this signal any more. */
  | [type: 'forget', signal: number]
  /** Answers `get-upload`. */
  | [type: 'upload', question: number, record: object | undefined]
  | [type: 'limit-traffic', limits: TrafficLimits]
  | [type: 'close']

export type FromThread =
  /** A job wants to run an attempt. */
  | [type: 'run', job: number, run: number]
  /** An attempt ended well, and its run with it. */
  | [type: 'succeeded', job: number, run: number, measured: Measured]
  | [type: 'failed', job: number, run: number, failure: AttemptFailure]
  /** An attempt threw, which none ever should. */
  | [type: 'threw', job: number, run: number, error: Error]
  | [type: 'done', job: number, result: CopyResult]
  | [type: 'defect', job: number, error: Error]
  | [type: 'put-upload', key: string, record: object]
  | [type: 'delete-upload', key: string]
  | [type: 'get-upload', question: number, key: string]
  | [type: 'closed']

/** All that a thread sends within one turn of its event loop. */
export interface ThreadReport {
  messages: FromThread[]
  /** Requests sent by this thread so far. */
  requests: { source: number; destination: number }
}

/** What a thread is started with. */
export interface ThreadStart {
  /** Without what can't be cloned, and with this thread's share of what is divided. */
  options: CopierOptions
  /** Whether the main thread has a ledger of uploads. */
  hasLedger: boolean
  /** The caps over all threads. */
  caps: CopierCaps
}

/** Stands for no signal. */
export const NO_SIGNAL = 0

/** What an attempt of a thread tells of itself; its value stays there. */
export type Measured = Pick<Extract<Attempt<unknown>, { ok: true }>, 'bytes' | 'ttfbMs' | 'side'>
