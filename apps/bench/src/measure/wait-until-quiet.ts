import { setTimeout as delay } from 'node:timers/promises'
import { machineCpuTime, processCpuTime } from './proc.js'

const windowMs = 200

/** Servers that can be watched get up to 10 s; for others, on a machine that may have other work, a second must suffice. */
const longestMs = { watched: 10_000, unknown: 1_000 }

/**
 * Waits until the servers have finished the work of the last run (a store keeps deleting after it has responded), so that the next run does
 * not pay for it: until together they use less than 3 % of one processor over 200 ms. Without servers to watch, the whole machine must be
 * below 10 %. Returns the share of all processors that was busy in the last window: other work on the machine, which a measurement cannot
 * tell from its own. Null if the kernel does not provide it.
 */
export async function waitUntilQuiet(
  pids: readonly number[],
  { signal }: { signal?: AbortSignal | undefined } = {},
): Promise<number | null> {
  const deadline = performance.now() + (pids.length > 0 ? longestMs.watched : longestMs.unknown)
  for (;;) {
    const [own, machine] = [totalCpuMs(pids), machineCpuTime()]
    await delay(windowMs, undefined, signal ? { signal } : {})
    const [ownNow, machineNow] = [totalCpuMs(pids), machineCpuTime()]
    const busy =
      machine && machineNow
        ? (machineNow.busyMs - machine.busyMs) / Math.max(1, machineNow.totalMs - machine.totalMs)
        : null
    const quiet = pids.length > 0 ? ownNow - own < windowMs * 0.03 : (busy ?? 0) < 0.1
    if (quiet || performance.now() >= deadline) return busy
  }
}

function totalCpuMs(pids: readonly number[]): number {
  return pids.reduce((total, pid) => {
    const time = processCpuTime(pid)
    return time === null ? total : total + time.userMs + time.systemMs
  }, 0)
}
