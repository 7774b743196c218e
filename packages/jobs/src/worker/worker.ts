import { JobsError } from '../errors.js'
import { endIfOver } from '../items/plans.js'
import { sweep } from '../items/sweep.js'
import type { Job } from '../job.js'
import { controlOf, decodeControl, type ControlSettings } from '../records/control-record.js'
import { encode } from '../records/json.js'
import { decodeMeta, type JobState } from '../records/meta-record.js'
import { CONTROL, META, roleKey, workerKey } from '../records/names.js'
import { claim, ONE_BY_ONE_ROWS } from './claim.js'
import type { HeldItem } from './held-item.js'
import { Holding, type HoldingContext } from './holding.js'
import { resolveWorkerOptions, type ResolvedWorkerOptions, type WorkerOptions } from './options.js'
import { Outage } from './outage.js'

/** How often a holder asks whether others are idle. */
const SPLIT_CHECK_MS = 5000

/** How long `close` tries to hand back what is in hand. */
const CLOSE_WITHIN_MS = 2000

/** A worker of a job: takes items one by one, keeps their leases up, and writes what was settled. */
export interface Worker {
  readonly id: string
  /** Items in hand. */
  readonly held: readonly HeldItem[]
  /** What an operator has told this worker; paused is obeyed by `begin` and by `next`. */
  readonly control: ControlSettings
  /** What the job's record says, as far as this worker has heard. */
  readonly jobState: JobState
  /**
   * The next item; null when the job is over or the worker is stopping. Call it when all rows of the item before are begun: a message that
   * is taken ahead waits for a lease if this process dies.
   *
   * @throws {JobsError} what the engine refused, `LAGOON_JOBS_UNREACHABLE` after `patienceMs` without an answer, `LAGOON_JOBS_NO_SUCH_JOB`
   * when the job was deleted
   */
  next(signal?: AbortSignal): Promise<HeldItem | null>
  /** From now on nothing is begun and `next` gives null. Items in hand stay until they are released. */
  drain(): void
  /** Resolves when `control` or `jobState` changes, or `signal` aborts. */
  changed(signal?: AbortSignal): Promise<void>
  /** Releases what is in hand, removes the worker's record, and ends everything it does in the background. */
  close(): Promise<void>
}

export function startWorker(job: Job, options: WorkerOptions = {}): Worker {
  return new JobWorker(job, resolveWorkerOptions(options))
}

class JobWorker implements Worker, HoldingContext {
  readonly id: string
  readonly job: Job
  readonly options: ResolvedWorkerOptions
  readonly outage: Outage
  readonly #items = new Set<Holding>()
  readonly #closed = new AbortController()
  /** Wakes a `next` that waits: stop, failure, pause, the end of the job. */
  #attention = new AbortController()
  readonly #waiting = new Set<() => void>()
  #control: ControlSettings = {}
  #jobState: JobState = 'planning'
  #stopping = false
  #failure: unknown = null

  constructor(job: Job, options: ResolvedWorkerOptions) {
    this.job = job
    this.options = options
    this.id = options.id
    this.outage = new Outage(job.clock, options)
    void this.#background(() => this.#follow())
    void this.#background(() => this.#showPresence())
  }

  get held(): readonly HeldItem[] {
    return [...this.#items]
  }

  get control(): ControlSettings {
    return this.#control
  }

  get jobState(): JobState {
    return this.#jobState
  }

  get paused(): boolean {
    return this.#control.paused === true
  }

  get stopping(): boolean {
    return this.#stopping || this.#failure !== null
  }

  async next(signal?: AbortSignal): Promise<HeldItem | null> {
    for (;;) {
      if (this.#failure !== null) throw this.#failure
      if (this.#stopping || signal?.aborted === true) return null
      if (this.#jobState === 'over' && !this.options.linger) return null
      if (this.paused || [...this.#items].some(({ maxInFlight }) => maxInFlight !== Infinity)) {
        await this.changed(signal)
        continue
      }
      try {
        const item = await this.#take(signal)
        this.outage.over()
        if (item !== null) return item
      } catch (error) {
        this.outage.note(error)
        await this.job.clock.sleep(500, signal)
      }
    }
  }

  drain(): void {
    this.#stopping = true
    this.#notify()
  }

  changed(signal?: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const wake = (): void => {
        this.#waiting.delete(wake)
        signal?.removeEventListener('abort', wake)
        resolve()
      }
      if (signal?.aborted === true) return wake()
      this.#waiting.add(wake)
      signal?.addEventListener('abort', wake)
    })
  }

  async close(): Promise<void> {
    this.drain()
    await Promise.all([...this.#items].map((item) => item.release({ withinMs: CLOSE_WITHIN_MS })))
    this.#closed.abort()
    this.#notify()
    await this.job.records.delete(workerKey(this.id)).catch(() => false)
  }

  isAlone(item: Holding): boolean {
    return [...this.#items].every((other) => other === item || other.complete)
  }

  ended(item: Holding, how: 'done' | 'released' | 'lost', manifestEnded: boolean): void {
    this.#items.delete(item)
    if (how !== 'lost') this.options.onEvent({ type: how, item: item.id })
    this.#notify()
    if (manifestEnded) void this.#background(() => this.#endIfOver())
  }

  fail(error: unknown): void {
    if (this.#failure !== null || this.#closed.signal.aborted) return
    this.#failure = error
    for (const item of this.#items) item.lose('this worker failed')
    this.#notify()
  }

  /** One look at the queue. */
  async #take(signal: AbortSignal | undefined): Promise<HeldItem | null> {
    const attention = this.#attention.signal
    const stop = signal === undefined ? attention : AbortSignal.any([attention, signal])
    const message = await this.job.queue.next({
      waitMs: Math.min(10_000, this.job.leaseMs / 3),
      signal: stop,
    })
    if (message === null) {
      if (!stop.aborted) await this.#sweepIfDue()
      return null
    }
    if (this.stopping || this.paused) {
      message.nak()
      return null
    }
    const inHand = (id: string): Holding | undefined => [...this.#items].find((item) => item.id === id)
    const claimed = await this.outage.outlast(() =>
      claim(this.job, this.id, message, (id) => inHand(id) !== undefined),
    )
    if (claimed.type === 'mine') {
      const item = inHand(claimed.item)
      if (item !== undefined) item.writer.message = message
      return null
    }
    if (claimed.type === 'none') {
      if (claimed.manifestEnded) await this.#endIfOver()
      return null
    }
    const item = new Holding(this, claimed.claimed)
    this.#items.add(item)
    const { fruitless = 0 } = claimed.claimed.record
    this.options.onEvent({ type: 'claimed', item: item.id, epoch: item.epoch, fruitless })
    if (item.maxInFlight === 1) await item.keepOnly(ONE_BY_ONE_ROWS)
    void this.#background(() => this.#keepUp(item))
    return item
  }

  /** Checkpoints, the lease, and what can be given to workers that are idle. */
  async #keepUp(item: Holding): Promise<void> {
    const { clock, leaseMs } = this.job
    const renewMs = Math.min(10_000, leaseMs / 3)
    const intervalMs = Math.min(this.options.checkpointIntervalMs, renewMs)
    let splitCheckedAt = clock.now()
    while (!item.signal.aborted) {
      await clock.sleep(intervalMs, item.signal)
      if (item.signal.aborted) return
      try {
        if (item.isDirty || clock.now() - item.writer.confirmedAt >= renewMs) await item.checkpoint()
        this.outage.over()
        if (clock.now() - splitCheckedAt >= SPLIT_CHECK_MS) {
          splitCheckedAt = clock.now()
          await this.#splitIfOthersIdle(item)
        }
      } catch (error) {
        this.outage.note(error)
      }
    }
  }

  async #splitIfOthersIdle(item: Holding): Promise<void> {
    if (!item.takesLonger(this.options.splitAfterMs)) return
    const { pending, pulls } = await this.job.queue.counts()
    if (pending === 0 && pulls > 0) await item.giveHalfAway()
  }

  /** One worker sweeps in half a lease: the role is left to expire. */
  async #sweepIfDue(): Promise<void> {
    const ttlMs = Math.max(1000, this.job.leaseMs / 2)
    const value = encode({ worker: this.id })
    if ((await this.job.records.create(roleKey('sweeper'), value, { ttlMs })) === null) return
    const published = await sweep(this.job)
    if (published > 0) this.options.onEvent({ type: 'swept', published })
    await this.#endIfOver()
  }

  async #endIfOver(): Promise<void> {
    const state = await this.outage.outlast(() => endIfOver(this.job), this.#closed.signal)
    if (state !== this.#jobState) this.#setState(state)
  }

  /** The job's state and what operators say, as it changes. */
  async #follow(): Promise<void> {
    const { signal } = this.#closed
    for await (const { key, record } of this.job.records.watch([META, CONTROL], signal)) {
      if (key === CONTROL) {
        this.#control = controlOf(decodeControl(record), this.id)
        this.#notify()
      } else if (record === null) this.fail(deleted(this.job.job))
      else this.#setState(decodeMeta(record).state)
    }
  }

  async #showPresence(): Promise<void> {
    const { signal } = this.#closed
    const { presenceIntervalMs, presence } = this.options
    while (!signal.aborted) {
      const items = [...this.#items].map(({ id }) => id)
      const value = encode({ ...presence(), items, paused: this.paused })
      await this.job.records
        .put(workerKey(this.id), value, { ttlMs: Math.max(1000, presenceIntervalMs * 6) })
        .catch((error: unknown) => this.outage.note(error))
      await this.job.clock.sleep(presenceIntervalMs, signal)
    }
  }

  #setState(state: JobState): void {
    this.#jobState = state
    this.#notify()
  }

  #notify(): void {
    this.#attention.abort()
    this.#attention = new AbortController()
    for (const wake of this.#waiting) wake()
    for (const item of this.#items) item.wake()
  }

  /** Runs beside the caller; what goes wrong there ends the worker. */
  async #background(action: () => Promise<void>): Promise<void> {
    try {
      await action()
    } catch (error) {
      if (!this.#closed.signal.aborted) this.fail(error)
    }
  }
}

function deleted(job: string): JobsError {
  return new JobsError(
    'LAGOON_JOBS_NO_SUCH_JOB',
    `the job ${job} was deleted`,
    'Start it again if that was not meant; objects at the destination are kept.',
  )
}
