import { setTimeout as delay } from 'node:timers/promises'
import { processCpuTime } from './cpu-time.js'

/**
 * Waits until the servers have done what the last run left behind (a store goes on deleting after it has
 * answered), so that the next run doesn't pay for it: until together they use less than 3 % of one processor
 * over 200 ms, at most `patienceMs` (default 10 s).
 */
export async function waitUntilQuiet(
  pids: readonly number[],
  options: { signal?: AbortSignal; patienceMs?: number } = {},
): Promise<void> {
  const windowMs = 200
  const deadline = performance.now() + (options.patienceMs ?? 10_000)
  let before = totalCpuMs(pids)
  while (before !== null && performance.now() < deadline) {
    await delay(windowMs, undefined, options.signal ? { signal: options.signal } : {})
    const now = totalCpuMs(pids)
    if (now === null || now - before < windowMs * 0.03) return
    before = now
  }
}

function totalCpuMs(pids: readonly number[]): number | null {
  let total: number | null = null
  for (const pid of pids) {
    const time = processCpuTime(pid)
    if (time) total = (total ?? 0) + time.userMs + time.systemMs
  }
  return total
}
