import type { AttemptFailure, AttemptRunner } from '../contract/attempt.js'
import type { CopyJob, CopyResult, CopyLedger, TrafficLimits } from '../contract/copier.js'
import { TransferError } from '../contract/errors.js'
import type { FromThread, ThreadReport, ThreadStart, ToThread } from './messages.js'
import { MessageBatch } from './message-batch.js'
import { SentSignals } from './signals.js'
import { Slots } from './slots.js'
import { startWorkerThread, type RunningThread, type StartThread } from './start-worker.js'
import { ThreadJob, type JobThread } from './thread-job.js'

const CLOSED = {
  class: 'transient',
  side: 'source',
  code: 'ConnectionClosed',
  message: 'the copier is closed',
} as const satisfies AttemptFailure

/**
 * A thread that copies, and the jobs it was given.
 *
 * 1. It is started by its first job, and keeps the process alive only while it has one.
 * 2. If it dies, all of its jobs end with an error, at once, and so does every later one.
 * 3. After {@link close} it lives until the jobs in progress have ended, by attempts on connections that are closed.
 */
export class CopierThread implements JobThread {
  readonly signals = new SentSignals((item) => this.put(item))
  /** Requests it has sent so far, as of its last report. */
  requests = { source: 0, destination: 0 }
  readonly #start: ThreadStart
  readonly #startThread: StartThread
  readonly #ledger: CopyLedger | null
  readonly #batch = new MessageBatch<ToThread>((messages) => this.#worker?.postMessage(messages))
  readonly #jobs = new Slots<ThreadJob>()
  #worker: RunningThread | null = null
  /** Changes to the caps so far. */
  #limits: TrafficLimits | null = null
  #died: TransferError | null = null
  #closing: PromiseWithResolvers<void> | null = null
  /** Told to end, with nothing left to do. */
  #closed = false

  constructor(start: ThreadStart, ledger: CopyLedger | null, startThread: StartThread = startWorkerThread) {
    this.#start = start
    this.#startThread = startThread
    this.#ledger = ledger
  }

  /** Jobs that were begun and have not ended. */
  get jobs(): number {
    return this.#jobs.size
  }

  get ended(): TransferError | AttemptFailure | null {
    return this.#died ?? (this.#closing === null ? null : CLOSED)
  }

  async copy(
    job: CopyJob,
    destinationKey: string,
    runner: AttemptRunner,
    signal: AbortSignal | undefined,
  ): Promise<CopyResult> {
    if (this.#jobs.size === 0) this.#worker?.ref()
    const threadJob = new ThreadJob(this, job, destinationKey, runner, signal)
    const number = this.#jobs.add(threadJob)
    try {
      return await threadJob.copy(number)
    } finally {
      this.#jobs.delete(number)
      if (this.#jobs.size === 0) this.#rest()
    }
  }

  put(item: ToThread): void {
    if (this.#died !== null) return
    if (this.#worker === null) this.#startWorkerThread()
    this.#batch.put(item)
  }

  /** See `Copier.limitTraffic`. */
  limitTraffic(limits: TrafficLimits): void {
    this.#limits = { ...this.#limits, ...limits }
    if (this.#worker !== null) this.put(['limit-traffic', limits])
  }

  /** Closes its connections. Copies in progress fail. */
  async close(): Promise<void> {
    if (this.#closing === null) {
      this.#closing = Promise.withResolvers()
      if (this.#worker === null || this.#died !== null) this.#closing.resolve()
      else {
        this.#worker.ref()
        this.#batch.put(['close'])
      }
    }
    await this.#closing.promise
    if (this.#jobs.size === 0) await this.#end()
  }

  #startWorkerThread(): void {
    this.#worker = this.#startThread(this.#start, {
      onReport: (report) => this.#receive(report),
      onEnd: (cause) => this.#closed || this.#die(cause),
    })
    if (this.#limits !== null) this.#batch.put(['limit-traffic', this.#limits])
  }

  #receive({ messages, requests }: ThreadReport): void {
    this.requests = requests
    try {
      for (const item of messages) this.#receiveItem(item)
    } catch (error) {
      this.#die(error)
    }
  }

  #receiveItem(item: FromThread): void {
    switch (item[0]) {
      case 'run':
        return void this.#jobs.get(item[1])?.run(item[2])
      case 'succeeded': {
        const [, job, run, measured] = item
        return this.#jobs.get(job)?.attempted(run, { ok: true, value: undefined, ...measured })
      }
      case 'failed':
        return this.#jobs.get(item[1])?.attempted(item[2], { ok: false, failure: item[3] })
      case 'threw':
        return this.#jobs.get(item[1])?.threw(item[2], item[3])
      case 'done':
        return this.#jobs.get(item[1])?.done(item[2])
      case 'defect':
        return this.#jobs.get(item[1])?.broke(item[2])
      case 'put-upload':
        return this.#ledger!.put(item[1], item[2])
      case 'delete-upload':
        return this.#ledger!.delete(item[1])
      case 'get-upload':
        return void this.#answerUpload(item[1], item[2])
      case 'closed':
        return this.#closing!.resolve()
    }
  }

  async #answerUpload(question: number, key: string): Promise<void> {
    try {
      this.put(['upload', question, await this.#ledger!.get(key)])
    } catch (error) {
      this.#die(error)
    }
  }

  /** The last job has ended. */
  #rest(): void {
    if (this.#closing === null) this.#worker?.unref()
    else void this.#closing.promise.then(() => this.#end())
  }

  async #end(): Promise<void> {
    this.#closed = true
    await this.#worker?.terminate()
  }

  #die(cause: unknown): void {
    if (this.#died !== null) return
    const what = cause instanceof Error ? `: ${cause.message}` : ''
    this.#died = new TransferError(
      'LAGOON_TRANSFER_THREAD_DIED',
      `a copy thread ended unexpectedly${what}`,
      'Run the same command again: nothing was recorded for what it was copying. If it ran out of memory, lower the concurrency or the number of threads.',
      cause,
    )
    this.#closing?.resolve()
    void this.#worker?.terminate()
    for (const job of this.#jobs.values()) job.broke(this.#died)
  }
}
