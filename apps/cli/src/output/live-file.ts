import { constants, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import type { ProgressEvent, RunLimits } from '@lagoon/sync'
import type { LogLevel } from '../options/flag-values.js'

/** What a running sync reports to `lagoon status`, once a second, in a file beside the state. */
export interface LiveRun {
  readonly pid: number
  readonly host: string
  /** ISO 8601. */
  readonly startedAt: string
  readonly updatedAt: string
  readonly manifests: { readonly found: number; readonly ended: number }
  readonly bytesTotal: number | null
  /** Null in the first second. */
  readonly progress: ProgressEvent | null
  /** Estimated end, ISO 8601; null while too little is known. */
  readonly eta: { readonly earliest: string; readonly latest: string } | null
  readonly control: ControlState
}

/** The limits of a run, which may change during the run. */
export interface ControlState {
  /** Who paused the run; empty if it is running. */
  readonly pausedBy: readonly ('operator' | 'schedule')[]
  /** Limits in force: the tighter of what was set and what the schedule says. */
  readonly limits: RunLimits
  readonly schedule: {
    readonly text: string
    readonly timeZone: string
    /** The entry that applies now. */
    readonly now: string | null
  } | null
  readonly logLevel: LogLevel
}

const fileName = 'live.json'

/** A run that has reported nothing for this long is no longer active (or its machine has stopped). */
const silentAfterMs = 15_000

/** Writes the file whole or not at all. A full disk costs the file, never the run. */
export function writeLiveRun(dataDir: string, run: LiveRun): void {
  const path = join(dataDir, fileName)
  try {
    // Created exclusively, so that it is not written through another user's link.
    rmSync(`${path}.new`, { force: true })
    writeFileSync(`${path}.new`, JSON.stringify(run), { flag: 'wx' })
    renameSync(`${path}.new`, path)
  } catch {
    removeLiveRun(dataDir)
  }
}

export function removeLiveRun(dataDir: string): void {
  for (const name of [fileName, `${fileName}.new`]) {
    try {
      rmSync(join(dataDir, name), { force: true })
    } catch {
      // Nothing depends on it: a reader looks at the time inside.
    }
  }
}

/** The active run on a data directory, or undefined. A killed one is recognised by its silence and its process. */
export function readLiveRun(dataDir: string, now = Date.now()): LiveRun | undefined {
  try {
    const noLinks = constants.O_RDONLY | constants.O_NOFOLLOW
    const run = JSON.parse(
      readFileSync(join(dataDir, fileName), { encoding: 'utf8', flag: noLinks }),
    ) as LiveRun
    if (now - Date.parse(run.updatedAt) > silentAfterMs) return undefined
    return run.host === hostname() && !isAlive(run.pid) ? undefined : run
  } catch {
    return undefined
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}
