import { AimdError } from './errors.js'
import type { WindowSample } from './types.js'
import { usableWindow } from './usable-window.js'

/**
 * Adds up what several senders measured over the same stretch of time, as if one sender had made all of their attempts, so that a single
 * controller can decide for all of them. Divide its limit with `shares`.
 *
 * Counts and bytes are summed, and so are the numbers in flight; `elapsedMs` is the mean of the windows, and a window that is longer or
 * shorter counts for its length, so that Little's law holds for the sum. Percentiles are means weighted by successes: those of the
 * union cannot be computed from summaries. Samples that can't have been measured are left out; of none, the sum is an empty window, which
 * holds a controller's limit.
 */
export function combine(samples: Iterable<WindowSample>): WindowSample {
  const windows = [...samples].map(usableWindow).filter((window) => window !== null)
  const sum = (of: (window: WindowSample) => number): number =>
    windows.reduce((all, window) => all + of(window), 0)
  const elapsedMs = windows.length === 0 ? 0 : sum((window) => window.elapsedMs) / windows.length
  const seen = sum((window) => (window.latencyMs === null ? 0 : window.succeeded))
  const mean = (key: 'p50' | 'p90'): number =>
    sum(({ latencyMs, succeeded }) => (latencyMs?.[key] ?? 0) * succeeded) / seen
  return {
    elapsedMs,
    succeeded: sum((window) => window.succeeded),
    failed: sum((window) => window.failed),
    throttled: sum((window) => window.throttled),
    bytes: sum((window) => window.bytes),
    latencyMs: seen > 0 ? { p50: mean('p50'), p90: mean('p90') } : null,
    inFlight: windows.length === 0 ? 0 : sum((window) => window.inFlight * window.elapsedMs) / elapsedMs,
  }
}

/**
 * Divides a limit among senders by demand: how many attempts each could have in flight if nothing limited it (`Infinity` for work without
 * end). The division is max-min fair: nobody gets more than an equal part while another wants more than it has. What no demand asks for
 * is spread evenly, so that a sender whose work grows can use it at once. The shares are integers and add up to the limit; with fewer
 * than there are senders some are 0, which a sender obeys by closing its gate.
 *
 * Throws `LAGOON_AIMD_INVALID_LIMIT` where the limit is not a non-negative integer or a demand is not a number of at least 0.
 */
export function shares(limit: number, demands: readonly number[]): number[] {
  if (!Number.isSafeInteger(limit) || limit < 0) throw invalid(`the limit to divide is ${limit}`)
  const wrong = demands.findIndex((demand) => !(demand >= 0))
  if (wrong >= 0) throw invalid(`demand ${wrong} is ${demands[wrong]}`)
  const given = demands.map(() => 0)
  const smallestFirst = [...demands.keys()].sort((a, b) => demands[a]! - demands[b]!)
  let rest = limit
  const deal = (most: (sender: number) => number): void => {
    smallestFirst.forEach((sender, dealt) => {
      const part = Math.min(most(sender), Math.floor(rest / (demands.length - dealt)))
      given[sender]! += part
      rest -= part
    })
  }
  deal((sender) => Math.ceil(demands[sender]!))
  deal(() => Infinity)
  return given
}

function invalid(what: string): AimdError {
  return new AimdError(
    'LAGOON_AIMD_INVALID_LIMIT',
    `${what}, but must not be negative`,
    'Pass an integer limit of at least 0 and, for each sender, how many attempts it could have in flight.',
  )
}
