import { readFileSync } from 'node:fs'

/**
 * The most memory that this process has had resident, in MB. From `/proc`, because `maxRSS` counts what the process that
 * started this one had; where there is no `/proc`, from there.
 */
export function peakMemoryMb() {
  try {
    return Number(/^VmHWM:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8'))[1]) / 1024
  } catch {
    return process.resourceUsage().maxRSS / 1024
  }
}
