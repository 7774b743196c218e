import { readFileSync } from 'node:fs'

/** Resident memory at a time after the start of the curve. */
export interface MemoryPoint {
  timeMs: number
  residentBytes: number
}

/** The resident memory (`VmRSS`) out of the text of `/proc/<pid>/status`, in bytes. */
export function parseResidentMemory(status: string): number | null {
  const match = /^VmRSS:\s+(\d+) kB$/m.exec(status)
  return match ? Number(match[1]) * 1024 : null
}

/** Looks at a process's memory again and again until stopped; a process that has ended adds nothing. */
export function followMemory(pid: number, intervalMs = 500): { stop(): MemoryPoint[] } {
  const startedAt = performance.now()
  const points: MemoryPoint[] = []
  const timer = setInterval(() => {
    try {
      const residentBytes = parseResidentMemory(readFileSync(`/proc/${pid}/status`, 'utf8'))
      if (residentBytes !== null)
        points.push({ timeMs: Math.round(performance.now() - startedAt), residentBytes })
    } catch {
      // The process has ended, or there is no /proc here.
    }
  }, intervalMs)
  return {
    stop() {
      clearInterval(timer)
      return points
    },
  }
}
