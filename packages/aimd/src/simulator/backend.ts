/** A quantity over simulated time, in milliseconds since the start. */
export type Curve = (timeMs: number) => number

/** How attempts end while the backend is down: answered with an error, with a throttle, or not at all. */
export type Outage = 'fails' | 'throttles' | 'hangs'

/** What a backend can do at every moment. Both engines read the same description. */
export interface Backend {
  /** How long an attempt takes when nothing queues, ms. */
  latencyMs: Curve
  /** How many attempts it serves at once; more than these queue. */
  knee: Curve
  /**
   * How sharply the knee bends: with x = in flight ÷ knee, throughput is the capacity times x ÷ (1 + x^bend)^(1 ÷ bend). 1 is soft,
   * 16 nearly hard; `Infinity` for a knee that doesn't bend.
   */
  bend: number
  /** Capacity lost to overload: it is divided by 1 + thrash × (in flight ÷ knee − 1). 0 for a backend that only queues. */
  thrash: number
  /** Attempts per second that it accepts; the others get a 503. `Infinity` for no wall. */
  perSecond: Curve
  /** How long a refused or failing attempt holds its permit, ms, the pause of its sender included. */
  rejectMs: number
  /** Bandwidth that all attempts share, bytes per second; `Infinity` when it never binds. */
  bytesPerSecond: Curve
  /** Mean size of the objects, bytes. */
  objectBytes: Curve
  /** Spread of the sizes: the deviation of their logarithm. Above 1.5 the tail is heavy. */
  sizeSpread: number
  /** Spread of the latency: the deviation of its logarithm. */
  noise: number
  /** Share of the attempts that fail for reasons that no limit could fix. */
  failedShare: number
  /** How much of a queue the time to first byte at the source shows: 0 (the queue is elsewhere) to 1. */
  queueSeen: number
  /** Is it down, and how? */
  outage: (timeMs: number) => Outage | null
}

/** A backend that serves 100 at once in 50 ms each and has no other property; `change` says what differs. */
export function backend(change: Partial<Backend> = {}): Backend {
  return {
    latencyMs: () => 50,
    knee: () => 100,
    bend: Infinity,
    thrash: 0,
    perSecond: () => Infinity,
    rejectMs: 50,
    bytesPerSecond: () => Infinity,
    objectBytes: () => 100_000,
    sizeSpread: 0,
    noise: 0.3,
    failedShare: 0,
    queueSeen: 1,
    outage: () => null,
    ...change,
  }
}

/** How many attempts the backend can have in service at once, bandwidth considered. */
export function servedAtOnce(model: Backend, timeMs: number): number {
  const wire = model.bytesPerSecond(timeMs) / model.objectBytes(timeMs)
  return Math.max(Number.EPSILON, Math.min(model.knee(timeMs), (wire * model.latencyMs(timeMs)) / 1000))
}

/** By what factor a bent knee makes attempts slower when `inFlight` are in the system. */
export function bentBy(model: Backend, timeMs: number, inFlight: number): number {
  const x = inFlight / servedAtOnce(model, timeMs)
  return x <= 1 ? (1 + x ** model.bend) ** (1 / model.bend) : x * (1 + x ** -model.bend) ** (1 / model.bend)
}

/** Attempts that end a ms when `inFlight` are in the system and none is refused. */
export function serviceRate(model: Backend, timeMs: number, inFlight: number): number {
  const knee = servedAtOnce(model, timeMs)
  const overload = Math.max(0, inFlight / knee - 1)
  const served =
    model.bend === Infinity ? Math.min(inFlight, knee) : inFlight / bentBy(model, timeMs, inFlight)
  return served / model.latencyMs(timeMs) / (1 + model.thrash * overload)
}
