import { setMaxListeners } from 'node:events'
import { performance } from 'node:perf_hooks'
import { asSyncError } from '../as-sync-error.js'
import type { SyncError } from '../ports/errors.js'
import { scan } from './scan.js'
import { RetryClock } from './retry-clock.js'
import { PipelineControls } from './pipeline-controls.js'
import type { PipelineOptions, PipelineResult, WatchPort } from './pipeline-options.js'
import type { RunContext } from './context.js'
import type { RunControls } from '../ports/controls.js'
import type { StatePort } from '../ports/state.js'
import { RunTrouble } from '../copy/run-trouble.js'
import { SampleWindow } from '../copy/sample-window.js'
import { Tally } from '../outcomes/tally.js'
import { reportProgress } from './progress.js'
import { startControlLoop, type ControlLoop } from './control-loop.js'

/**
 * Gives every row of every manifest an outcome, until it is stopped.
 *
 * A watch does that in rounds. 1. Each scans for manifests, reads the new ones and retries failures. 2. A row counts once, however many
 * rounds see it. 3. A round begins when every outcome of the previous one is durable.
 */
export class Pipeline {
  readonly #options: PipelineOptions
  readonly #stop = new AbortController()
  readonly #tally = new Tally()
  readonly #now = () => performance.now()
  readonly #startedAt = performance.now()
  readonly #retryClock = new RetryClock(this.#now)
  readonly #controls: PipelineControls
  readonly #context: RunContext
  readonly #warned = new Set<string>()
  #window: SampleWindow | null = null
  #controlLoop: ControlLoop | null = null
  #stoppedBy: SyncError | null = null
  #rowsKnown: number | null = null
  #waitingUntil: string | null = null

  constructor(options: PipelineOptions) {
    this.#options = options
    const { gate, controller, copier, highestConcurrency = Infinity, onEvent: emit } = options
    const { signal: stop } = this.#stop
    this.#controls = new PipelineControls({
      gate,
      controller,
      copier,
      retryClock: this.#retryClock,
      stop,
      highestConcurrency,
      emit,
      controlLoop: () => this.#controlLoop,
    })
    this.#context = {
      options,
      tally: this.#tally,
      stop,
      stopWith: (error) => this.stop(error),
      now: this.#now,
      retryClock: this.#retryClock,
      trouble: new RunTrouble(options),
      warnOnce: (code, message) => {
        if (this.#warned.has(code)) return
        this.#warned.add(code)
        emit({ type: 'warning', code, message })
      },
    }
    // Every waiting object listens to it.
    setMaxListeners(0, this.#stop.signal)
    if (options.abort) setMaxListeners(0, options.abort)
    this.#follow(options.drain, 'stopping: finishing what is in flight')
    this.#follow(options.abort, 'stopping now: aborting what is in flight')
    const { trouble } = options
    if (trouble?.aborted) this.stop(trouble.reason as SyncError)
    else trouble?.addEventListener('abort', () => this.stop(trouble.reason as SyncError), { once: true })
  }

  /** The controls of this run. */
  get controls(): RunControls {
    return this.#controls
  }

  /** Ends the run as a signal would: what is in flight is finished and recorded. The first reason is kept. */
  stop(error: SyncError): void {
    if (this.#stoppedBy !== null) return
    this.#stoppedBy = error
    this.#begin(error.message)
  }

  async run(): Promise<PipelineResult> {
    const { watch, mode, onEvent } = this.#options
    const endProgress = reportProgress(this.#progress, onEvent)
    try {
      for (let round = 1; ; round += 1) {
        await this.#scan(round)
        if (watch === undefined || mode.kind === 'plan' || this.#stop.signal.aborted) break
        await this.#wait(watch, mode.state, round)
        if (this.#stop.signal.aborted) break
      }
    } finally {
      endProgress()
    }
    const summary = this.#tally.summary({
      durationMs: Math.round(this.#now() - this.#startedAt),
      requests: this.#options.requests(),
      interrupted: this.#stop.signal.aborted,
      stoppedBy: this.#stoppedBy?.reason,
    })
    return { summary, stoppedBy: this.#stoppedBy }
  }

  async #wait({ intervalMs, sleep }: WatchPort, state: StatePort, round: number): Promise<void> {
    const { onEvent } = this.#options
    const { signal } = this.#stop
    try {
      await state.flush()
    } catch (error) {
      this.stop(asSyncError(error, 'state'))
    }
    if (signal.aborted) return
    this.#tally.endScan()
    const until = new Date(Date.now() + intervalMs).toISOString()
    this.#waitingUntil = until
    onEvent({ type: 'waiting', round, until })
    await sleep(intervalMs, signal)
    this.#waitingUntil = null
    if (signal.aborted) return
    state.startRound()
    onEvent({ type: 'scanning', round: round + 1 })
  }

  async #scan(round: number): Promise<void> {
    const { onEvent, controller, gate } = this.#options
    const window = new SampleWindow(this.#now())
    const controlLoop = startControlLoop(controller, gate, window, this.#now, onEvent)
    this.#window = window
    this.#controlLoop = controlLoop
    try {
      await scan(this.#context, { round, window, onRows: (rows) => (this.#rowsKnown = rows) })
    } finally {
      controlLoop.end()
      this.#controlLoop = null
      this.#window = null
    }
  }

  readonly #progress = () => ({
    tally: this.#tally,
    rows: this.#rowsKnown,
    inFlight: this.#options.gate.inFlight,
    limit: this.#options.gate.limit,
    paused: this.#controls.paused,
    waitingUntil: this.#waitingUntil,
    latencyMs: this.#window?.latencyMs ?? null,
    durationMs: Math.round(this.#now() - this.#startedAt),
  })

  #follow(signal: AbortSignal | undefined, reason: string): void {
    if (signal === undefined) return
    if (signal.aborted) this.#begin(reason)
    else signal.addEventListener('abort', () => this.#begin(reason), { once: true })
  }

  #begin(reason: string): void {
    if (this.#stop.signal.aborted) return
    this.#options.onEvent({ type: 'stopping', reason })
    this.#stop.abort()
  }
}
