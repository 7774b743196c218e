import { readFileSync } from 'node:fs'

/** Processor time in milliseconds. */
export interface CpuTime {
  userMs: number
  systemMs: number
}

/** Linux counts in `/proc` at 100 ticks a second (USER_HZ) on every architecture that Node is built for. */
const millisecondsPerTick = 10

/**
 * Reads a line of `/proc/<pid>/stat`. `own` is the process itself; `children` all of its descendants that ended
 * and were waited for. The name in parentheses may hold spaces and parentheses: fields count from the last one.
 * See proc_pid_stat(5), fields 14 to 17.
 */
export function parseStat(line: string): { own: CpuTime; children: CpuTime } {
  const fields = line.slice(line.lastIndexOf(')') + 2).split(' ')
  const ticks = (field: number): number => Number(fields[field - 3]) * millisecondsPerTick
  return {
    own: { userMs: ticks(14), systemMs: ticks(15) },
    children: { userMs: ticks(16), systemMs: ticks(17) },
  }
}

/** Processor time of this process's ended children so far; `null` where there is no `/proc`. */
export function childrenCpuTime(): CpuTime | null {
  return readStat('self')?.children ?? null
}

/** Processor time of a running process; `null` when it is gone or there is no `/proc`. */
export function processCpuTime(pid: number): CpuTime | null {
  return readStat(String(pid))?.own ?? null
}

function readStat(process: string): { own: CpuTime; children: CpuTime } | null {
  try {
    return parseStat(readFileSync(`/proc/${process}/stat`, 'utf8'))
  } catch {
    return null
  }
}
