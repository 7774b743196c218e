import { checkFields, invalid, numberAboveZero, object, type FieldCheck } from '../check-fields.js'

/** A duration: constant, or lognormal with this median and spread (sigma of the logarithm). Milliseconds. */
export type Duration = number | { medianMs: number; sigma: number }

/** How the server behaves under load. Default: as fast as the machine. */
export interface Shape {
  /** Added to every request without occupying a place; milliseconds. */
  latencyMs?: Duration
  /**
   * This many requests are served at a time, and each occupies its place for `serviceMs` (default 0) besides the work itself; others wait
   * in order of arrival. The capacity is `concurrency / serviceMs`.
   */
  knee?: { concurrency: number; serviceMs?: Duration }
  /**
   * Requests beyond this rate per second are refused with 503 SlowDown, immediately. `burst` requests may arrive together after a pause;
   * default a tenth of a second's worth, at least 1.
   */
  rateWall?: { requestsPerSecond: number; burst?: number }
  /** Bytes per second of all bodies together, for each direction separately. */
  bandwidth?: { receivedBytesPerSecond?: number; sentBytesPerSecond?: number }
}

const DURATION: FieldCheck = [
  (value) => {
    if (typeof value === 'number') return value >= 0
    const { medianMs, sigma, ...more } = (value ?? {}) as { medianMs?: number; sigma?: number }
    return medianMs !== undefined && sigma !== undefined && medianMs >= 0 && sigma >= 0 && isEmpty(more)
  },
  'a number of milliseconds from 0, or { medianMs, sigma } from 0',
]

/** @throws {SandboxError} `LAGOON_SANDBOX_OPTION_INVALID` */
export function checkShape(shape: Shape): Shape {
  checkFields('shape', shape, { latencyMs: DURATION, knee: object, rateWall: object, bandwidth: object })
  const { knee, rateWall, bandwidth } = shape
  if (knee !== undefined) {
    checkFields('shape.knee', knee, { concurrency: numberAboveZero, serviceMs: DURATION })
    require('shape.knee.concurrency', knee.concurrency)
  }
  if (rateWall !== undefined) {
    checkFields('shape.rateWall', rateWall, { requestsPerSecond: numberAboveZero, burst: numberAboveZero })
    require('shape.rateWall.requestsPerSecond', rateWall.requestsPerSecond)
  }
  checkFields('shape.bandwidth', bandwidth ?? {}, {
    receivedBytesPerSecond: numberAboveZero,
    sentBytesPerSecond: numberAboveZero,
  })
  return shape
}

/** A duration drawn with a generator of numbers in [0, 1); milliseconds. */
export function drawMs(duration: Duration, random: () => number): number {
  if (typeof duration === 'number') return duration
  // Box–Muller; 1 - u is never zero.
  const normal = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())
  return duration.medianMs * Math.exp(duration.sigma * normal)
}

function require(path: string, value: number | undefined): void {
  if (value === undefined) throw invalid(path, numberAboveZero[1])
}

function isEmpty(fields: object): boolean {
  return Object.keys(fields).length === 0
}
