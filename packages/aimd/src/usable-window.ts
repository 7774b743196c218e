import type { WindowSample } from './types.js'

/**
 * The window with what carries no information removed: a latency that is not a positive number becomes null.
 * Null for a window of less than a millisecond, or with a count or a time that can't have been measured; a mean over no time
 * is a division by zero in many a caller, and a long run must not end by it.
 */
export function usableWindow(window: WindowSample): WindowSample | null {
  const { elapsedMs, succeeded, failed, throttled, bytes, inFlight } = window
  if (!(elapsedMs >= MIN_MS) || !measured(elapsedMs) || !measured(succeeded) || !measured(failed)) return null
  if (!measured(throttled) || !measured(bytes) || !measured(inFlight)) return null
  return { elapsedMs, succeeded, failed, throttled, bytes, inFlight, latencyMs: usable(window.latencyMs) }
}

function measured(value: number): boolean {
  return Number.isFinite(value) && value >= 0
}

function usable(latency: WindowSample['latencyMs'] | undefined): WindowSample['latencyMs'] {
  if (latency === null || latency === undefined) return null
  const { p50, p90 } = latency
  if (!Number.isFinite(p50) || !Number.isFinite(p90) || p50 <= 0 || p90 <= 0) return null
  return { p50, p90: Math.max(p50, p90) }
}

const MIN_MS = 1
