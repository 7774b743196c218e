import { readFileSync } from 'node:fs'

/** The kernel's high-water mark of resident memory (`VmHWM`) out of the text of `/proc/<pid>/status`, in bytes. */
export function parsePeakMemory(status: string): number | null {
  const match = /^VmHWM:\s+(\d+) kB$/m.exec(status)
  return match ? Number(match[1]) * 1024 : null
}

/**
 * Follows a process's high-water mark until stopped. The kernel keeps the mark, so a peak between two looks is
 * seen by the later one; only growth in the last interval before the process ends can be missed.
 */
export function followPeakMemory(pid: number, intervalMs = 50): { stop(): number | null } {
  let peak: number | null = null
  const look = (): void => {
    try {
      const seen = parsePeakMemory(readFileSync(`/proc/${pid}/status`, 'utf8'))
      if (seen !== null && (peak === null || seen > peak)) peak = seen
    } catch {
      // The process has ended, or there is no /proc here.
    }
  }
  look()
  const timer = setInterval(look, intervalMs)
  return {
    stop() {
      clearInterval(timer)
      return peak
    },
  }
}
