import { readFileSync } from 'node:fs'

/** Figures from Linux's `/proc`; `null` everywhere else. */

/** Processor time in milliseconds. */
export interface CpuTime {
  userMs: number
  systemMs: number
}

/** Linux counts in `/proc` at 100 ticks per second (USER_HZ) on every architecture that Node is built for. */
const millisecondsPerTick = 10

/**
 * Parses `/proc/<pid>/stat`. `own` is the process itself; `children` all of its descendants that ended and were waited for. The name in
 * parentheses may contain spaces and parentheses: fields count from the last one. See proc_pid_stat(5), fields 14 to 17.
 */
export function parseStat(line: string): { own: CpuTime; children: CpuTime } {
  const fields = line.slice(line.lastIndexOf(')') + 2).split(' ')
  const ticks = (field: number): number => Number(fields[field - 3]) * millisecondsPerTick
  return {
    own: { userMs: ticks(14), systemMs: ticks(15) },
    children: { userMs: ticks(16), systemMs: ticks(17) },
  }
}

/** Processor time of this process's ended children so far. */
export function childrenCpuTime(): CpuTime | null {
  return read('/proc/self/stat', parseStat)?.children ?? null
}

/** Processor time of a running process. */
export function processCpuTime(pid: number): CpuTime | null {
  return read(`/proc/${pid}/stat`, parseStat)?.own ?? null
}

/** Processor time of the whole machine since it started, and how much of it was not idle. See proc_stat(5). */
export function machineCpuTime(): { busyMs: number; totalMs: number } | null {
  return read('/proc/stat', (stat) => {
    const ticks = stat.split('\n', 1)[0]!.trim().split(/\s+/).slice(1, 9).map(Number)
    const [idle, ioWait] = [ticks[3]!, ticks[4]!]
    const total = ticks.reduce((sum, value) => sum + value, 0)
    return { busyMs: (total - idle - ioWait) * millisecondsPerTick, totalMs: total * millisecondsPerTick }
  })
}

/** A figure from `/proc/<pid>/status`, in bytes: `VmRSS` is resident memory, `VmHWM` its high-water mark. */
export function parseStatus(status: string, name: 'VmRSS' | 'VmHWM'): number | null {
  const match = new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(status)
  return match ? Number(match[1]) * 1024 : null
}

/** Resident memory at a time after the start. */
export interface MemoryPoint {
  timeMs: number
  residentBytes: number
}

/**
 * Samples a process's memory until stopped. The kernel keeps the high-water mark, so the next sample includes a peak between two samples;
 * only growth in the last interval before the process ends can be missed.
 */
export function followMemory(pid: number): { stop(): { peakBytes: number | null; curve: MemoryPoint[] } } {
  const startedAt = performance.now()
  let peakBytes: number | null = null
  const curve: MemoryPoint[] = []
  const sample = (): void => {
    const status = read(`/proc/${pid}/status`, (content) => content)
    const seen = status === null ? null : parseStatus(status, 'VmHWM')
    if (status === null || seen === null) return
    peakBytes = Math.max(peakBytes ?? 0, seen)
    const timeMs = Math.round(performance.now() - startedAt)
    if (timeMs >= curve.length * 500) curve.push({ timeMs, residentBytes: parseStatus(status, 'VmRSS') ?? 0 })
  }
  sample()
  const timer = setInterval(sample, 50)
  return {
    stop() {
      clearInterval(timer)
      return { peakBytes, curve }
    },
  }
}

/** The process has ended, or there is no `/proc` here: null. */
function read<T>(path: string, parse: (content: string) => T): T | null {
  try {
    return parse(readFileSync(path, 'utf8'))
  } catch {
    return null
  }
}
