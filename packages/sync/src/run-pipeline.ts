import { setMaxListeners } from 'node:events'
import { performance } from 'node:perf_hooks'
import { asSyncError } from './as-sync-error.js'
import type { AttemptContext } from './attempts.js'
import type { BackoffOptions } from './backoff.js'
import { KeyCopier } from './copy-keys.js'
import { describeError, SyncError } from './errors.js'
import type { EventSink, SyncSummary } from './events.js'
import { keyStream, type KeyStreamItem } from './key-stream.js'
import { ManifestShelf } from './manifest-shelf.js'
import { OutageDetector, type OutageOptions } from './outage.js'
import { Outcomes } from './outcomes.js'
import { PatienceClock } from './patience-clock.js'
import { PipelineControls } from './pipeline-controls.js'
import { planKeys } from './plan-keys.js'
import type {
  AttemptFailure,
  Controller,
  CopierPort,
  Gate,
  KnownState,
  ManifestRef,
  ManifestSource,
  ReportPort,
  StatePort,
} from './ports.js'
import { readAhead } from './read-ahead.js'
import type { RunControls, RunObserver } from './run-controls.js'
import { SampleWindow } from './sample-window.js'
import { sleep } from './sleep.js'
import { Tally } from './tally.js'
import { tellProgress } from './tell-progress.js'
import { tune } from './tune.js'

/** A pipeline with its ports plugged in; `runSync` plugs in the packages of this repository. */
export interface PipelineOptions {
  readonly manifests: ManifestSource
  /** Copy and record; or only plan, with what earlier runs did, and a scratch state that is thrown away afterwards. */
  readonly mode:
    | { readonly kind: 'copy'; readonly state: StatePort }
    | { readonly kind: 'plan'; readonly state: KnownState; readonly scratch: StatePort }
  readonly copier: CopierPort
  readonly gate: Gate
  /** Null holds the gate where it is. */
  readonly controller: Controller | null
  readonly report: ReportPort | null
  readonly maxOpenObjects: number
  /** Most in flight that the run may be told to have while it goes on. Default no bound. */
  readonly highestConcurrency?: number
  readonly observer?: RunObserver
  readonly maxAttempts: number
  readonly throttleBudgetMs: number
  readonly outage: OutageOptions
  readonly backoff?: BackoffOptions
  /** Failures to connect. */
  readonly isUnreachable: (failure: AttemptFailure) => boolean
  /** Failures that concern the run and not the object, such as credentials that expired. */
  readonly isFatal: (failure: AttemptFailure) => boolean
  /** Look for manifests again and again, until stopped. Default: one look. */
  readonly watch?: WatchPort
  readonly drain?: AbortSignal
  readonly abort?: AbortSignal
  readonly onEvent: EventSink
  /** HTTP requests sent so far, by side. */
  readonly requests: () => { source: number; destination: number }
}

/** What a watch needs of the world. */
export interface WatchPort {
  /** From the end of one look to the beginning of the next, ms. */
  readonly intervalMs: number
  /** Resolves after `ms`, or at once when the signal fires. */
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>
  /** True for an error that the next look may be spared, such as a store that can't be reached. */
  readonly isPassing: (error: unknown) => boolean
}

export interface PipelineResult {
  readonly summary: SyncSummary
  /** Why the run ended itself before its end; null when it did not. */
  readonly stoppedBy: SyncError | null
}

/**
 * Moves every row of every manifest to an outcome, or until it is stopped.
 *
 * A watch does that in rounds. 1. Each looks for manifests, reads those that are new and tries again what failed. 2. A row counts
 * once, however many rounds see it. 3. A round begins when every outcome of the one before is durable.
 */
export class Pipeline {
  readonly #options: PipelineOptions
  readonly #stop = new AbortController()
  readonly #tally = new Tally()
  readonly #now = () => performance.now()
  readonly #startedAt = performance.now()
  readonly #patience = new PatienceClock(this.#now)
  readonly #controls: PipelineControls
  #window: SampleWindow | null = null
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
      patience: this.#patience,
      stop,
      highestConcurrency,
      emit,
    })
    // Every object that waits listens to it.
    setMaxListeners(0, this.#stop.signal)
    if (options.abort) setMaxListeners(0, options.abort)
    this.#follow(options.drain, 'asked to stop: finishing what is in flight')
    this.#follow(options.abort, 'asked to stop at once: aborting what is in flight')
  }

  /** The levers of this run. */
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
    const { watch, onEvent } = this.#options
    const endProgress = tellProgress(this.#progress, onEvent)
    try {
      for (let round = 1; ; round += 1) {
        await this.#look(round)
        if (watch === undefined || this.#stop.signal.aborted) break
        await this.#wait(watch, round)
        if (this.#stop.signal.aborted) break
      }
    } finally {
      endProgress()
    }
    const summary = this.#tally.summary({
      durationMs: Math.round(this.#now() - this.#startedAt),
      requests: this.#options.requests(),
      interrupted: this.#stop.signal.aborted,
    })
    return { summary, stoppedBy: this.#stoppedBy }
  }

  async #wait({ intervalMs, sleep }: WatchPort, round: number): Promise<void> {
    const { mode, onEvent } = this.#options
    const state = mode.kind === 'copy' ? mode.state : mode.scratch
    const { signal } = this.#stop
    try {
      await state.flush()
    } catch (error) {
      this.stop(asSyncError(error, 143))
    }
    if (signal.aborted) return
    this.#tally.endLook()
    const until = new Date(Date.now() + intervalMs).toISOString()
    this.#waitingUntil = until
    onEvent({ type: 'waiting', round, until })
    await sleep(intervalMs, signal)
    this.#waitingUntil = null
    if (signal.aborted) return
    state.startRound()
    onEvent({ type: 'looking', round: round + 1 })
  }

  async #look(round: number): Promise<void> {
    const { manifests, mode, onEvent, controller, gate } = this.#options
    const window = new SampleWindow(this.#now())
    const tuning = tune(controller, gate, window, this.#now, onEvent)
    this.#window = window
    this.#controls.tuning = tuning
    const background = new AbortController()
    const shelf = new ManifestShelf(manifests)
    let totals: Promise<void> = Promise.resolve()
    try {
      const refs = await this.#discover(round)
      if (refs === null) return
      this.#tally.beginLook(refs)
      totals = this.#tellTotals(shelf, refs, background.signal)
      const stream = readAhead(
        keyStream(refs, {
          state: mode.state,
          open: (ref) => shelf.take(ref, this.#stop.signal),
          onOpened: (ref, rows) => {
            if (this.#tally.of(ref).status !== null) return
            onEvent({ type: 'manifest', status: 'opened', key: ref.key, rows })
          },
          signal: this.#stop.signal,
        }),
      )
      if (mode.kind === 'copy') await this.#copy(mode.state, stream, window)
      else {
        const { report } = this.#options
        const { state, scratch } = mode
        const stop = this.#stop.signal
        await planKeys(stream, { state, scratch, tally: this.#tally, report, stop, onEnd: this.#ended })
      }
    } finally {
      background.abort()
      tuning.end()
      this.#controls.tuning = null
      this.#window = null
      await totals
    }
  }

  async #copy(state: StatePort, stream: AsyncIterable<KeyStreamItem>, window: SampleWindow): Promise<void> {
    const { copier, report, gate, onEvent, isFatal, isUnreachable, outage, maxOpenObjects } = this.#options
    const { maxAttempts, throttleBudgetMs, backoff, abort } = this.#options
    const attempts: AttemptContext = {
      gate,
      window,
      policy: { maxAttempts, throttleBudgetMs, ...(backoff ? { backoff } : {}) },
      outages: { source: new OutageDetector(outage), destination: new OutageDetector(outage) },
      abort,
      stop: this.#stop.signal,
      now: this.#now,
      patienceNow: this.#patience.now,
      sleep,
      observer: this.#options.observer ?? null,
      isUnreachable,
      onThrottled: () => {
        this.#tally.throttled += 1
      },
      onFailed: () => {
        this.#tally.failedAttempts += 1
      },
      onOutage: (side, began) => this.#tellOutage(side, began),
    }
    const keys = new KeyCopier({
      state,
      tally: this.#tally,
      copier,
      outcomes: new Outcomes(state, this.#tally, report, onEvent),
      attempts,
      maxOpenObjects,
      stopsTheRun: (failure) => {
        if (!isFatal(failure)) return false
        const { code, message, cause } = failure
        this.stop(new SyncError(code, message, { cause, hint: 'mend it and run the same command again' }))
        return true
      },
      onFinished: (ref, rows) => {
        this.#tally.of(ref).becomes('completed')
        onEvent({ type: 'manifest', status: 'completed', key: ref.key, rows })
      },
      onEnd: this.#ended,
    })
    await keys.run(stream)
  }

  /** The manifests there are; null when they can't be listed at present and a later look will. */
  async #discover(round: number): Promise<ManifestRef[] | null> {
    const { watch, onEvent } = this.#options
    const refs: ManifestRef[] = []
    try {
      for await (const ref of this.#options.manifests.discover(this.#stop.signal)) refs.push(ref)
    } catch (error) {
      if (this.#stop.signal.aborted) return null
      if (watch === undefined || round === 1) throw error
      if (!watch.isPassing(error)) this.stop(asSyncError(error, 143))
      else {
        const { message, hint } = describeError(error)
        onEvent({
          type: 'warning',
          code: 'LAGOON_SYNC_LOOK_FAILED',
          message: `can't look for manifests at present: ${message}`,
          ...(hint === undefined ? {} : { hint }),
        })
      }
      return null
    }
    if (refs.length === 0 && round === 1 && !this.#stop.signal.aborted) {
      const prefixes = await this.#options.manifests.suggestPrefixes(this.#stop.signal)
      onEvent({
        type: 'warning',
        code: 'LAGOON_SYNC_NO_MANIFEST',
        message: `no manifest was found, so there is nothing to copy${watch === undefined ? '' : ' yet'}`,
        hint:
          prefixes.length > 0
            ? `prefixes of the bucket that hold .parquet files: ${prefixes.join(', ')}; name one with --manifest-prefix`
            : 'no prefix of the source bucket holds .parquet files at its first level; put manifests there, or name their prefix with --manifest-prefix',
      })
    }
    return refs
  }

  #tellTotals(shelf: ManifestShelf, refs: readonly ManifestRef[], signal: AbortSignal): Promise<void> {
    const { mode, onEvent } = this.#options
    let rowsKnown = 0
    const unfinished: ManifestRef[] = []
    for (const ref of refs) {
      const finished = mode.state.manifest(ref).finished
      if (finished === null) unfinished.push(ref)
      else rowsKnown += finished.rows
    }
    const emit: EventSink = (event) => {
      if (event.type === 'totals') this.#rowsKnown = event.rows
      onEvent(event)
    }
    const { gone } = this.#tally
    return shelf.tellTotals(refs.length + gone.manifests, unfinished, rowsKnown + gone.rows, emit, signal)
  }

  readonly #ended = (item: KeyStreamItem & { kind: 'end' | 'broken' }): void => {
    const { onEvent, mode } = this.#options
    const { key } = item.ref
    const manifest = this.#tally.of(item.ref)
    if (item.kind === 'broken') {
      const problem = describeError(item.error)
      if (!manifest.becomes('failed', problem.message)) return
      onEvent({ type: 'manifest', status: 'failed', key, rows: null, ...problem })
    } else if (item.read === null) {
      if (!manifest.becomes('skipped')) return
      onEvent({ type: 'manifest', status: 'skipped', key, rows: item.settledRows })
    } else if (mode.kind === 'plan') {
      manifest.becomes('completed')
      onEvent({ type: 'manifest', status: 'completed', key, rows: item.read.rows })
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

  #tellOutage(side: 'source' | 'destination', began: boolean): void {
    this.#options.onEvent({
      type: 'warning',
      code: began ? 'LAGOON_SYNC_OUTAGE' : 'LAGOON_SYNC_OUTAGE_OVER',
      message: began
        ? `the ${side} store can't be reached: pausing, and trying it once in a while`
        : `the ${side} store answers again: going on`,
    })
  }

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
