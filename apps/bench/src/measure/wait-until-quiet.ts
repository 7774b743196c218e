import { setTimeout as delay } from 'node:timers/promises'
import { machineCpuTime, processCpuTime } from './proc.js'

const windowMs = 200
const longestMs = 10_000

/**
 * Waits until the servers have done what the last run left behind (a store keeps deleting after it has
 * answered), so that the next run doesn't pay for it: until together they use less than 3 % of one processor
 * over 200 ms, at most 10 s. Returns the share of all processors that was busy in the last window: other work on the
 * machine, which no measurement can tell from its own. Null where the kernel doesn't tell.
 */
export async function waitUntilQuiet(
  pids: readonly number[],
  { signal }: { signal?: AbortSignal | undefined } = {},
): Promise<number | null> {
  const deadline = performance.now() + longestMs
  for (;;) {
    const [own, machine] = [totalCpuMs(pids), machineCpuTime()]
    await delay(windowMs, undefined, signal ? { signal } : {})
    const [ownNow, machineNow] = [totalCpuMs(pids), machineCpuTime()]
    const quiet = ownNow - own < windowMs * 0.03
    if (!quiet && performance.now() < deadline) continue
    if (machine === null || machineNow === null) return null
    return (machineNow.busyMs - machine.busyMs) / Math.max(1, machineNow.totalMs - machine.totalMs)
  }
}

function totalCpuMs(pids: readonly number[]): number {
  return pids.reduce((total, pid) => {
    const time = processCpuTime(pid)
    return time === null ? total : total + time.userMs + time.systemMs
  }, 0)
}
