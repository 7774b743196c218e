import type { Attempt, AttemptFailure, AttemptRunner } from '../contract/attempt.js'
import type { CopyJob, CopyResult } from '../contract/copier.js'
import type { ToThread } from './messages.js'
import { plainFailure } from './serialize.js'
import type { SentSignals } from './signals.js'

/** The thread that a job is copied by, as the job needs it. */
export interface JobThread {
  readonly signals: SentSignals
  put(item: ToThread): void
  /** Why no attempt can be made any more: a failure if the copier was closed, an error if the thread died; else null. */
  readonly ended: AttemptFailure | Error | null
}

interface AttemptUnderWay {
  signal: AbortSignal | undefined
  resolve: (attempt: Attempt<undefined>) => void
  reject: (error: Error) => void
}

/**
 * One job that another thread copies, as the main thread sees it: the caller's runner runs here, each attempt there.
 *
 * 1. The thread receives the job when the runner grants its first attempt, and not before.
 * 2. The job ends only after each call of the runner has ended, so that no permit is held for a job that is over.
 * 3. An error, of the runner, of the thread or its death, ends the job as a defect; the first one counts.
 */
export class ThreadJob {
  readonly #thread: JobThread
  readonly #job: CopyJob
  readonly #destinationKey: string
  readonly #runner: AttemptRunner
  readonly #signal: AbortSignal | undefined
  /** By the number of the run. */
  readonly #attempts: (AttemptUnderWay | undefined)[] = []
  #number = -1
  #runs = 0
  #known = false
  #over = false
  #result: CopyResult | null = null
  #defect: unknown = null
  #resolve!: (result: CopyResult) => void
  #reject!: (error: unknown) => void

  constructor(
    thread: JobThread,
    job: CopyJob,
    destinationKey: string,
    runner: AttemptRunner,
    signal: AbortSignal | undefined,
  ) {
    this.#thread = thread
    this.#job = job
    this.#destinationKey = destinationKey
    this.#runner = runner
    this.#signal = signal
  }

  /** @param number that it is called by */
  copy(number: number): Promise<CopyResult> {
    this.#number = number
    return new Promise((resolve, reject) => {
      this.#resolve = resolve
      this.#reject = reject
      void this.run(0)
    })
  }

  /** The job wants to run an attempt. */
  async run(run: number): Promise<void> {
    this.#runs += 1
    try {
      const ended = await this.#runner.run((signal) => this.#attempt(run, signal))
      if (!ended.ok) this.#giveUp(run, ended)
    } catch (error) {
      this.#failWith(error)
      if (this.#known) this.#thread.put(['runner-threw', this.#number, run])
      else this.#over = true
    }
    this.#runs -= 1
    this.#settle()
  }

  /** An attempt ended. */
  attempted(run: number, attempt: Attempt<undefined>): void {
    this.#takeAttempt(run)?.resolve(attempt)
  }

  /** An attempt threw. */
  threw(run: number, error: Error): void {
    this.#takeAttempt(run)?.reject(error)
  }

  done(result: CopyResult): void {
    this.#result = result
    this.#over = true
    this.#settle()
  }

  /** The thread has thrown, or is no more. */
  broke(error: Error): void {
    this.#failWith(error)
    this.#over = true
    for (const run of this.#attempts.keys()) this.threw(run, error)
    this.#settle()
  }

  #attempt(run: number, signal: AbortSignal | undefined): Promise<Attempt<undefined>> {
    const { ended, signals } = this.#thread
    if (this.#over) return Promise.reject(this.#defect ?? new Error('an attempt was made after its job'))
    if (ended instanceof Error) return Promise.reject(ended)
    if (ended !== null && !this.#known) return Promise.resolve({ ok: false, failure: ended })
    return new Promise((resolve, reject) => {
      const number = signals.use(signal)
      this.#attempts[run] = { signal, resolve, reject }
      if (this.#known) this.#thread.put(['attempt', this.#number, run, number])
      else this.#begin(number)
    })
  }

  #begin(attemptSignal: number): void {
    this.#known = true
    const { key, versionId, sizeBytes } = this.#job
    const jobSignal = this.#thread.signals.use(this.#signal)
    this.#thread.put([
      'job',
      this.#number,
      key,
      this.#destinationKey,
      versionId,
      sizeBytes,
      jobSignal,
      attemptSignal,
    ])
  }

  #takeAttempt(run: number): AttemptUnderWay | undefined {
    const attempt = this.#attempts[run]
    if (attempt === undefined) return undefined
    this.#attempts[run] = undefined
    this.#thread.signals.release(attempt.signal)
    return attempt
  }

  #giveUp(run: number, { failure, attempts }: { failure: AttemptFailure; attempts: number }): void {
    if (this.#known) this.#thread.put(['give-up', this.#number, run, plainFailure(failure), attempts])
    else this.done({ ok: false, failure, attempts })
  }

  #failWith(error: unknown): void {
    this.#defect ??= error
  }

  #settle(): void {
    if (!this.#over || this.#runs > 0) return
    if (this.#known) this.#thread.signals.release(this.#signal)
    this.#known = false
    if (this.#defect !== null) this.#reject(this.#defect)
    else this.#resolve(this.#result!)
  }
}
