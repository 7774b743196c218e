import { bentBy } from './backend.js'
import { conducted } from './conducted.js'
import { EventHeap } from './event-heap.js'
import { EventSender } from './event-sender.js'
import { Ledger } from './ledger.js'
import { createRandom } from './random.js'
import type { Random } from './random.js'
import type { Outcome, Scenario, SimulatedController } from './scenario.js'
import { SharedLink } from './shared-link.js'
import { TokenBucket } from './token-bucket.js'

const TICK_MS = 100

type Kind = 'served' | 'failed' | 'throttled' | 'begin' | 'arrive' | 'tick' | 'window'

interface Attempt {
  atMs: number
  kind: Kind
  sender: number
  arrivedMs: number
  waitedMs: number
  serviceMs: number
  bytes: number
}

/**
 * The event engine: every attempt is simulated, with its own lognormal duration, in one queue before as many
 * servers as the knee says, behind a token bucket where there is a rate wall, over a link that all share where
 * there is a bandwidth. Slower than the fluid engine by as much as there are attempts; the two check each other.
 */
export function simulateEvents(
  scenario: Scenario,
  createController: () => SimulatedController,
  options: { trace?: boolean } = {},
): Outcome {
  return new EventRun(scenario, createController, options.trace === true).run()
}

class EventRun {
  readonly #scenario: Scenario
  readonly #create: () => SimulatedController
  readonly #trace: boolean
  readonly #random: Random
  readonly #ledger: Ledger
  readonly #heap = new EventHeap<Attempt>()
  readonly #link = new SharedLink<Attempt>()
  readonly #senders: (EventSender | null)[]
  #queue: Attempt[] = []
  #head = 0
  #busy = 0
  #nowMs = 0
  readonly #wall = new TokenBucket()
  #tickMs = 0

  constructor(scenario: Scenario, create: () => SimulatedController, trace: boolean) {
    this.#scenario = scenario
    this.#create = scenario.conducted ? conducted(create) : create
    this.#trace = trace
    this.#random = createRandom(scenario.seed)
    this.#ledger = new Ledger(scenario)
    this.#senders = scenario.instances.map(() => null)
  }

  run(): Outcome {
    const { backend, durationMs } = this.#scenario
    this.#at(0, 'tick', 0)
    for (;;) {
      const timer = this.#heap.first?.atMs ?? Infinity
      const perMs = backend.bytesPerSecond(this.#nowMs) / 1000
      const link = this.#link.nextMs(perMs)
      const next = Math.min(timer, link)
      if (next >= durationMs) return this.#ledger.close()
      this.#nowMs = next
      if (link <= timer) {
        const attempt = this.#link.finish(next, perMs)
        if (attempt !== undefined) this.#landed(attempt)
      } else {
        const attempt = this.#heap.pop()
        if (attempt !== undefined) this.#happen(attempt)
      }
    }
  }

  #at(atMs: number, kind: Kind, sender: number): void {
    this.#heap.push({ atMs, kind, sender, arrivedMs: this.#nowMs, waitedMs: 0, serviceMs: 0, bytes: 0 })
  }

  #happen(attempt: Attempt): void {
    if (attempt.kind === 'tick') this.#tick()
    else if (attempt.kind === 'window') this.#endWindow(attempt.sender)
    else if (attempt.kind === 'begin') this.#admit(attempt)
    else if (attempt.kind === 'arrive') this.#arrive(attempt)
    else if (attempt.kind === 'served') this.#served(attempt)
    else {
      const sender = this.#senders[attempt.sender]
      if (sender === null || sender === undefined) return
      const throttled = attempt.kind === 'throttled' ? 1 : 0
      if (throttled === 1) sender.throttled()
      else sender.failed()
      this.#ledger.ended(this.#nowMs, attempt.sender, 0, 0, 1 - throttled, throttled)
      this.#left(sender, attempt.sender)
    }
  }

  /** Work, capacity and the bandwidth may have changed; the oracle's account continues. */
  #tick(): void {
    const { backend, instances } = this.#scenario
    let all = 0
    for (const sender of this.#senders) all += sender?.inFlight ?? 0
    this.#ledger.passed(this.#nowMs, TICK_MS, all)
    this.#link.advance(this.#nowMs, backend.bytesPerSecond(this.#tickMs) / 1000)
    this.#tickMs = this.#nowMs
    instances.forEach((instance, index) => {
      if (this.#nowMs < instance.startMs) return
      if (this.#senders[index] === null) this.#begin(index)
      this.#fill(index)
    })
    this.#serve()
    this.#at(this.#nowMs + TICK_MS, 'tick', 0)
  }

  #begin(index: number): void {
    const controller = this.#create()
    this.#senders[index] = new EventSender(controller, this.#nowMs)
    this.#at(this.#windowEndMs(index, controller.intervalMs), 'window', index)
  }

  #windowEndMs(index: number, intervalMs: number): number {
    const { lateMs = 0 } = this.#scenario.instances[index] ?? {}
    return this.#nowMs + intervalMs + (lateMs === 0 ? 0 : lateMs * this.#random.exponential())
  }

  #fill(index: number): void {
    const sender = this.#senders[index]
    if (sender === null || sender === undefined) return
    const work = this.#scenario.instances[index]?.work(this.#nowMs) ?? 0
    const most = Math.min(sender.controller.limit, Math.ceil(work))
    while (sender.inFlight < most) {
      sender.changed(this.#nowMs, 1)
      this.#admit({
        atMs: 0,
        kind: 'begin',
        sender: index,
        arrivedMs: this.#nowMs,
        waitedMs: 0,
        serviceMs: 0,
        bytes: 0,
      })
    }
  }

  #admit(attempt: Attempt): void {
    const { backend } = this.#scenario
    const outage = backend.outage(this.#nowMs)
    if (outage === 'hangs') this.#later(attempt, 'begin', 1000)
    else if (outage === 'fails') this.#later(attempt, 'failed', backend.rejectMs)
    else if (outage === 'throttles' || !this.#wall.take(this.#nowMs, backend.perSecond(this.#nowMs) / 1000))
      this.#later(attempt, 'throttled', backend.rejectMs)
    else {
      const { pathMs = 0 } = this.#scenario.instances[attempt.sender] ?? {}
      if (pathMs > 0) this.#later(attempt, 'arrive', pathMs)
      else this.#arrive(attempt)
    }
  }

  #arrive(attempt: Attempt): void {
    this.#queue.push(attempt)
    this.#serve()
  }

  #later(attempt: Attempt, kind: Kind, ms: number): void {
    attempt.atMs = this.#nowMs + ms
    attempt.kind = kind
    this.#heap.push(attempt)
  }

  #serve(): void {
    const { backend } = this.#scenario
    const bent = backend.bend !== Infinity
    const knee = bent ? Infinity : Math.max(1, Math.round(backend.knee(this.#nowMs)))
    while (this.#busy < knee && this.#head < this.#queue.length) {
      const attempt = this.#queue[this.#head] as Attempt
      this.#head += 1
      if (this.#head > 4096 && this.#head * 2 > this.#queue.length) {
        this.#queue = this.#queue.slice(this.#head)
        this.#head = 0
      }
      this.#busy += 1
      const waiting = this.#queue.length - this.#head
      const overload = Math.max(0, (this.#busy + waiting) / knee - 1)
      const slower = bent ? bentBy(backend, this.#nowMs, this.#busy) : 1 + backend.thrash * overload
      const usual = backend.latencyMs(this.#nowMs) * slower
      attempt.waitedMs = this.#nowMs - attempt.arrivedMs
      attempt.serviceMs = usual * this.#random.lognormal(backend.noise)
      this.#later(attempt, 'served', attempt.serviceMs)
    }
  }

  #served(attempt: Attempt): void {
    const { backend } = this.#scenario
    this.#busy -= 1
    if (this.#random.next() < backend.failedShare) {
      this.#later(attempt, 'failed', 0)
      this.#serve()
      return
    }
    attempt.bytes = backend.objectBytes(this.#nowMs) * this.#random.lognormal(backend.sizeSpread)
    const perMs = backend.bytesPerSecond(this.#nowMs) / 1000
    if (perMs === Infinity) this.#landed(attempt)
    else this.#link.add(this.#nowMs, perMs, attempt, attempt.bytes)
    this.#serve()
  }

  #landed(attempt: Attempt): void {
    const sender = this.#senders[attempt.sender]
    if (sender === null || sender === undefined) return
    const seen = attempt.serviceMs + this.#scenario.backend.queueSeen * attempt.waitedMs
    sender.succeeded(attempt.bytes, seen, this.#random.next)
    this.#ledger.ended(this.#nowMs, attempt.sender, 1, attempt.bytes, 0, 0)
    this.#left(sender, attempt.sender)
  }

  #left(sender: EventSender, index: number): void {
    sender.changed(this.#nowMs, -1)
    this.#fill(index)
  }

  #endWindow(index: number): void {
    const sender = this.#senders[index]
    if (sender === null || sender === undefined) return
    const limit = sender.controller.limit
    const sample = sender.endWindow(this.#nowMs)
    const { action, reason } = sender.controller.update(sample)
    this.#ledger.updates += 1
    if (this.#trace) {
      const view = this.#ledger.view(this.#nowMs)
      const { succeeded, elapsedMs, throttled, inFlight } = sample
      const rates = { objectsPerSecond: (succeeded / elapsedMs) * 1000, oraclePerSecond: view.perMs * 1000 }
      const point = { timeMs: this.#nowMs, instance: index, limit, inFlight, ...rates, knee: view.knee }
      this.#ledger.trace.push({ ...point, throttled, action, reason })
    }
    this.#at(this.#windowEndMs(index, sender.controller.intervalMs), 'window', index)
    this.#fill(index)
  }
}
