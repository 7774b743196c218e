import { hostname } from 'node:os'
import type { SyncEvent } from '@lagoon/sync'
import { removeLiveRun, writeLiveRun } from './live-file.js'

export interface LiveTeller {
  note(event: SyncEvent): void
  /** The run is over. */
  end(): void
}

/** Keeps the live file of a run up to date out of its events. A dry run, which touches nothing, has none. */
export function tellLive(dataDir: string): LiveTeller {
  const startedAt = new Date().toISOString()
  let found = 0
  let bytesTotal: number | null = null
  let active = false
  return {
    note(event) {
      if (event.type === 'start') active = !event.dryRun
      else if (event.type === 'totals') {
        found = event.manifests
        bytesTotal = event.bytes
      } else if (event.type === 'progress' && active) {
        const { completed, skipped, failed } = event.manifests
        const updatedAt = new Date().toISOString()
        const run = {
          pid: process.pid,
          host: hostname(),
          startedAt,
          updatedAt,
          manifests: { found, ended: completed + skipped + failed },
          bytesTotal,
          progress: event,
        }
        writeLiveRun(dataDir, run)
      }
    },
    end() {
      if (active) removeLiveRun(dataDir)
    },
  }
}
