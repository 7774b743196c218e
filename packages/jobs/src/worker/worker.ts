import { JobsError } from '../errors.js'
import { endIfOver } from '../items/plans.js'
import { sweep } from '../items/sweep.js'
import type { Job } from '../job.js'
import { controlOf, decodeControl, type WorkerControl } from '../records/control-record.js'
import { encode } from '../records/json.js'
import { decodeMeta, type JobState } from '../records/meta-record.js'
import { CONTROL, META, roleKey, workerKey } from '../records/names.js'
import { claim, ONE_BY_ONE_ROWS } from './claim.js'
import type { HeldItem } from './held-item.js'
import type { HoldingContext } from './context.js'
import { Holding } from './holding.js'
import { keepUp } from './keep-up.js'
import { resolveWorkerOptions, type ResolvedWorkerOptions, type WorkerOptions } from './options.js'
import { EngineOutage } from './outage.js'
import type { Worker } from './worker-contract.js'

/** Pause before a watch that ended is restarted. */
const WATCH_RETRY_MS = 500

/** How long `close` tries to hand back held items. */
const CLOSE_WITHIN_MS = 2000

/** Starts a worker of a joined job: its record, its watch of operators' instructions, and the upkeep of the items that it claims. */
export function startWorker(job: Job, options: WorkerOptions = {}): Worker {
  return new JobWorker(job, resolveWorkerOptions(options))
}

class JobWorker implements Worker, HoldingContext {
  readonly id: string
  readonly job: Job
  readonly options: ResolvedWorkerOptions
  readonly outage: EngineOutage
  readonly #items = new Set<Holding>()
  readonly #closed = new AbortController()
  /** Wakes a waiting `next`: stop, failure, pause, the end of the job. */
  #attention = new AbortController()
  readonly #waiting = new Set<() => void>()
  #control: WorkerControl = controlOf({}, '')
  #jobState: JobState = 'planning'
  #stopping = false
  #failure: unknown = null

  constructor(job: Job, options: ResolvedWorkerOptions) {
    this.job = job
    this.options = options
    this.id = options.id
    this.outage = new EngineOutage(job.clock, options)
    void this.#background(() => this.#follow())
    void this.#background(() => this.#showPresence())
  }

  get held(): readonly HeldItem[] {
    return [...this.#items]
  }

  get control(): WorkerControl {
    return this.#control
  }

  get jobState(): JobState {
    return this.#jobState
  }

  get paused(): boolean {
    return this.#control.paused
  }

  get stopping(): boolean {
    return this.#stopping || this.#failure !== null
  }

  get #isOver(): boolean {
    return this.#jobState === 'over' && !this.options.linger
  }

  async next(signal?: AbortSignal): Promise<HeldItem | null> {
    for (;;) {
      if (this.#failure !== null) throw this.#failure
      if (this.#stopping || signal?.aborted === true) return null
      if (this.#isOver) return null
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

  isAlone(item: HeldItem): boolean {
    return [...this.#items].every((other) => other === item || other.complete)
  }

  ended(item: HeldItem, how: 'done' | 'released' | 'lost', manifestEnded: boolean): void {
    this.#items.delete(item as Holding)
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

  /** One poll of the queue. */
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
    void this.#background(() => keepUp(this, item))
    return item
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

  /** The job's state and the operators' instructions, as they change; through every outage. */
  async #follow(): Promise<void> {
    const { signal } = this.#closed
    while (!signal.aborted) {
      try {
        for await (const { key, record } of this.job.records.watch([META, CONTROL], signal)) {
          if (key === CONTROL) {
            this.#control = controlOf(decodeControl(record), this.id)
            this.#notify()
          } else if (record === null) return this.fail(deleted(this.job.job))
          else this.#setState(decodeMeta(record).state)
        }
      } catch (error) {
        this.outage.note(error)
      }
      await this.job.clock.sleep(WATCH_RETRY_MS, signal)
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
    if (this.stopping || this.paused || this.#isOver) {
      this.#attention.abort()
      this.#attention = new AbortController()
    }
    for (const wake of this.#waiting) wake()
    for (const item of this.#items) item.wake()
  }

  /** Runs in the background; an error there ends the worker. */
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
    'Start it again if this was not intended; objects at the destination are kept.',
  )
}
