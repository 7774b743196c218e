import { serviceRate } from './backend.js'
import { conducted } from './conducted.js'
import { Ledger } from './ledger.js'
import { createRandom } from './random.js'
import type { Random } from './random.js'
import type { Instance, Outcome, Scenario, SimulatedController } from './scenario.js'

const STEP_MS = 50

/** One sender in the fluid model: what is in flight, and what its window has gathered. */
interface Sender {
  controller: SimulatedController
  inFlight: number
  windowStartMs: number
  windowEndMs: number
  inFlightMs: number
  succeeded: number
  failed: number
  throttled: number
  bestPerMs: number
  knee: number
  steps: number
  full: number
}

/**
 * The fluid engine: attempts are a quantity, not single events, and flow out of the system at the rate the backend
 * gives at each 50 ms step; what a controller sees of them at the end of its window has the noise that counting
 * as this many attempts of such spread would have. A hundred thousand times faster than real time, whatever the load.
 */
export function simulateFluid(
  scenario: Scenario,
  createController: () => SimulatedController,
  options: { trace?: boolean } = {},
): Outcome {
  const random = createRandom(scenario.seed)
  const ledger = new Ledger(scenario)
  const senders: (Sender | null)[] = scenario.instances.map(() => null)
  const create = scenario.conducted ? conducted(createController) : createController
  const unequal = scenario.instances.some(({ pathMs = 0 }) => pathMs > 0)
  for (let timeMs = 0; timeMs < scenario.durationMs; timeMs += STEP_MS) {
    let all = 0
    scenario.instances.forEach((instance, index) => {
      if (timeMs < instance.startMs) return
      const sender = (senders[index] ??= newSender(create(), timeMs, instance, random))
      sender.inFlight = Math.max(sender.inFlight, Math.min(sender.controller.limit, instance.work(timeMs)))
      all += sender.inFlight
    })
    const view = ledger.passed(timeMs, STEP_MS, all)
    const paths = unequal ? alongPaths(scenario, timeMs, senders) : null
    const flow = flowAt(scenario, timeMs, paths?.arrived ?? all)
    senders.forEach((sender, index) => {
      if (sender === null) return
      const share = paths === null ? (all === 0 ? 0 : sender.inFlight / all) : (paths.shares[index] ?? 0)
      step(scenario, ledger, sender, index, timeMs, share * STEP_MS, flow, view, all >= view.knee)
      if (timeMs + STEP_MS < sender.windowEndMs) return
      endWindow(scenario, ledger, sender, index, timeMs + STEP_MS, random, options.trace === true)
    })
  }
  return ledger.close()
}

function newSender(
  controller: SimulatedController,
  timeMs: number,
  { lateMs = 0 }: Instance,
  random: Random,
): Sender {
  const late = lateMs === 0 ? 0 : lateMs * random.exponential()
  const windowEndMs = timeMs + Math.max(STEP_MS, controller.intervalMs + late)
  const empty = {
    inFlight: 0,
    inFlightMs: 0,
    succeeded: 0,
    failed: 0,
    throttled: 0,
    bestPerMs: 0,
    knee: 0,
    steps: 0,
    full: 0,
  }
  return { controller, windowStartMs: timeMs, windowEndMs, ...empty }
}

/**
 * Where paths differ, an attempt spends a part of its time on the way: finds the time at the backend, the same for all, at which as many
 * arrive as it serves. Returns how many are there, and which part of those that end is whose.
 */
function alongPaths(
  { backend, instances }: Scenario,
  timeMs: number,
  senders: readonly (Sender | null)[],
): { arrived: number; shares: number[] } {
  const rates = (backendMs: number): number[] =>
    instances.map(({ pathMs = 0 }, index) => (senders[index]?.inFlight ?? 0) / (pathMs + backendMs))
  let [low, high] = [backend.latencyMs(timeMs), backend.latencyMs(timeMs)]
  const tooShort = (ms: number): boolean => sum(rates(ms)) > serviceRate(backend, timeMs, sum(rates(ms)) * ms)
  while (tooShort(high) && high < 1e7) high *= 2
  for (let halvings = 0; halvings < 20 && high > low; halvings += 1) {
    const middle = (low + high) / 2
    if (tooShort(middle)) low = middle
    else high = middle
  }
  const found = rates(high)
  const all = sum(found)
  return { arrived: all * high, shares: found.map((rate) => (all === 0 ? 0 : rate / all)) }
}

interface Flow {
  succeeded: number
  failed: number
  throttled: number
}

/** What ends a ms, over all senders. */
function flowAt({ backend }: Scenario, timeMs: number, inFlight: number): Flow {
  const outage = backend.outage(timeMs)
  if (outage === 'hangs') return { succeeded: 0, failed: 0, throttled: 0 }
  const refused = inFlight / backend.rejectMs
  if (outage === 'fails') return { succeeded: 0, failed: refused, throttled: 0 }
  if (outage === 'throttles') return { succeeded: 0, failed: 0, throttled: refused }
  const wall = backend.perSecond(timeMs) / 1000
  const offered = serviceRate(backend, timeMs, inFlight)
  const through = Math.min(offered, wall)
  const held = offered <= wall ? 0 : inFlight - (through * inFlight) / offered
  const failed = through * backend.failedShare
  return { succeeded: through - failed, failed, throttled: held / backend.rejectMs }
}

function step(
  scenario: Scenario,
  ledger: Ledger,
  sender: Sender,
  index: number,
  timeMs: number,
  share: number,
  flow: Flow,
  view: { knee: number; perMs: number },
  full: boolean,
): void {
  const succeeded = flow.succeeded * share
  const failed = flow.failed * share
  const throttled = flow.throttled * share
  const bytes = succeeded * scenario.backend.objectBytes(timeMs)
  ledger.ended(timeMs, index, succeeded, bytes, failed, throttled)
  sender.succeeded += succeeded
  sender.failed += failed
  sender.throttled += throttled
  sender.inFlightMs += sender.inFlight * STEP_MS
  sender.bestPerMs += view.perMs
  sender.knee += view.knee
  sender.steps += 1
  const wire = Number.isFinite(scenario.backend.bytesPerSecond(timeMs))
  if (wire && full) sender.full += 1
  sender.inFlight = Math.max(0, sender.inFlight - succeeded - failed - throttled)
}

function endWindow(
  scenario: Scenario,
  ledger: Ledger,
  sender: Sender,
  index: number,
  timeMs: number,
  random: Random,
  trace: boolean,
): void {
  const { backend } = scenario
  const elapsedMs = timeMs - sender.windowStartMs
  // Sizes scatter the durations only as far as it is the link that attempts wait for.
  const full = Math.min(1, sender.full / sender.steps)
  const spread = Math.hypot(cv(backend.noise), full * cv(backend.sizeSpread))
  const succeeded = counted(sender.succeeded, spread, random)
  const failed = counted(sender.failed, 1, random)
  const throttled = counted(sender.throttled, 1, random)
  const inFlight = sender.inFlightMs / elapsedMs
  const sizes = 1 + (cv(backend.sizeSpread) / Math.sqrt(Math.max(1, succeeded))) * random.normal()
  const bytes = succeeded * backend.objectBytes(timeMs) * Math.min(3, Math.max(0.3, sizes))
  const latencyMs = succeeded === 0 ? null : latencies(scenario, timeMs, sender, elapsedMs, succeeded, random)
  const limit = sender.controller.limit
  const sample = { elapsedMs, succeeded, failed, throttled, bytes: Math.round(bytes), latencyMs, inFlight }
  const { action, reason } = sender.controller.update(sample)
  ledger.updates += 1
  if (trace) {
    const objectsPerSecond = (sender.succeeded / elapsedMs) * 1000
    const oraclePerSecond = (sender.bestPerMs / sender.steps) * 1000
    const knee = sender.knee / sender.steps
    const point = { timeMs, instance: index, limit, inFlight, objectsPerSecond, oraclePerSecond, knee }
    ledger.trace.push({ ...point, throttled, action, reason })
  }
  const instance = scenario.instances[index] as Instance
  Object.assign(sender, newSender(sender.controller, timeMs, instance, random), { inFlight: sender.inFlight })
}

/** Coefficient of variation of a lognormal. */
function cv(sigma: number): number {
  return Math.sqrt(Math.exp(sigma * sigma) - 1)
}

/** A whole number of events around a mean, as spread as so many independent durations make it. */
function counted(mean: number, spread: number, random: Random): number {
  if (mean <= 0) return 0
  return Math.max(0, Math.floor(mean + spread * Math.sqrt(mean) * random.normal() + random.next()))
}

function latencies(
  { backend }: Scenario,
  timeMs: number,
  sender: Sender,
  elapsedMs: number,
  succeeded: number,
  random: Random,
): { p50: number; p90: number } {
  const base = backend.latencyMs(timeMs)
  const total = sender.inFlightMs / Math.max(1e-9, sender.succeeded + sender.failed)
  const mean = base + backend.queueSeen * Math.max(0, Math.min(total, elapsedMs * 10) - base)
  const jitter = 1 + (backend.noise / Math.sqrt(succeeded)) * random.normal()
  const p50 = mean * Math.exp((-backend.noise * backend.noise) / 2) * Math.max(0.3, jitter)
  return { p50, p90: p50 * Math.exp(1.2816 * backend.noise) }
}

function sum(values: readonly number[]): number {
  return values.reduce((a, b) => a + b, 0)
}
