import { SandboxError } from '../errors.js'

/** A time: always the same, or lognormal with this median and spread (sigma of the logarithm). Milliseconds. */
export type Duration = number | { medianMs: number; sigma: number }

/** How the server behaves under load. Nothing given: as fast as the machine. */
export interface Shape {
  /** Added to every request on its way, without taking up a place; milliseconds. */
  latencyMs?: Duration
  /**
   * So many requests are served at a time, each takes `serviceMs` (default 0) of its place beside the work itself; those
   * beyond wait in order of arrival. The capacity is `concurrency / serviceMs`.
   */
  knee?: { concurrency: number; serviceMs?: Duration }
  /**
   * Requests beyond so many a second are refused with 503 SlowDown, at once. `burst` requests may come together after a
   * pause; default a tenth of a second's worth, at least 1.
   */
  rateWall?: { requestsPerSecond: number; burst?: number }
  /** Bytes a second of all bodies together, in each direction of its own. */
  bandwidth?: { receivedBytesPerSecond?: number; sentBytesPerSecond?: number }
}

/** @throws {SandboxError} `LAGOON_SANDBOX_OPTION_INVALID` */
export function checkShape(shape: Shape): Shape {
  checkDuration('latencyMs', shape.latencyMs)
  checkDuration('knee.serviceMs', shape.knee?.serviceMs)
  checkPositive('knee.concurrency', shape.knee?.concurrency)
  checkPositive('rateWall.requestsPerSecond', shape.rateWall?.requestsPerSecond)
  checkPositive('rateWall.burst', shape.rateWall?.burst)
  checkPositive('bandwidth.receivedBytesPerSecond', shape.bandwidth?.receivedBytesPerSecond)
  checkPositive('bandwidth.sentBytesPerSecond', shape.bandwidth?.sentBytesPerSecond)
  return shape
}

/** A duration drawn with a generator of numbers in [0, 1); milliseconds. */
export function drawMs(duration: Duration, random: () => number): number {
  if (typeof duration === 'number') return duration
  // Box–Muller; 1 - u is never zero.
  const normal = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())
  return duration.medianMs * Math.exp(duration.sigma * normal)
}

function checkPositive(option: string, value: number | undefined): void {
  if (value !== undefined && !(value > 0)) invalid(option, 'a number above 0')
}

function checkDuration(option: string, value: Duration | undefined): void {
  if (value === undefined) return
  const valid = typeof value === 'number' ? value >= 0 : value.medianMs >= 0 && value.sigma >= 0
  if (!valid) invalid(option, 'a number of milliseconds from 0, or { medianMs, sigma } from 0')
}

function invalid(option: string, range: string): never {
  throw new SandboxError(
    'LAGOON_SANDBOX_OPTION_INVALID',
    `shape: ${option} is impossible`,
    `It must be ${range}.`,
  )
}
