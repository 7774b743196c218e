import { readFileSync, readlinkSync } from 'node:fs'
import { hostname } from 'node:os'

/** Enough to tell whether a process is still alive, even if its pid was reused since. */
export interface ProcessIdentity {
  pid: number
  /** Start of the process in clock ticks since boot (proc(5), field 22 of stat); null where there is no /proc. */
  startTicks: string | null
  /** Which pids are comparable: those of the same host, boot and pid namespace. */
  realm: string
  /** ISO 8601. */
  startedAt: string
}

export function thisProcess(): ProcessIdentity {
  return {
    pid: process.pid,
    startTicks: startTicks(process.pid),
    realm: realm(),
    startedAt: new Date(Date.now() - process.uptime() * 1000).toISOString(),
  }
}

/** Whether the process is alive: `unknown` if it was on another host or in another container. */
export function isAlive(identity: ProcessIdentity): boolean | 'unknown' {
  if (identity.realm !== realm()) return 'unknown'
  try {
    process.kill(identity.pid, 0)
  } catch (error) {
    // EPERM: it is alive, and belongs to another user.
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return false
  }
  const ticks = startTicks(identity.pid)
  return ticks === null || identity.startTicks === null || ticks === identity.startTicks
}

function startTicks(pid: number): string | null {
  const stat = read(() => readFileSync(`/proc/${pid}/stat`, 'latin1'))
  // The second field, the command in parentheses, may itself contain spaces and parentheses.
  const fields = stat?.slice(stat.lastIndexOf(')') + 2).split(' ')
  const state = fields?.[0]
  // A zombie has released everything but its pid.
  return state === 'Z' || state === 'X' ? `${state}` : (fields?.[19] ?? null)
}

function realm(): string {
  const boot = read(() => readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim())
  const namespace = read(() => readlinkSync('/proc/self/ns/pid'))
  return [hostname(), boot ?? '', namespace ?? ''].join(' ')
}

function read(get: () => string): string | null {
  try {
    return get()
  } catch {
    return null
  }
}
