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
  const manifests = { found: 0, ended: 0 }
  let bytesTotal: number | null = null
  let active = false
  return {
    note(event) {
      if (event.type === 'start') active = !event.dryRun
      else if (event.type === 'totals') {
        manifests.found = event.manifests
        bytesTotal = event.bytes
      } else if (event.type === 'manifest' && event.status !== 'opened') manifests.ended += 1
      else if (event.type === 'progress' && active) {
        const updatedAt = new Date().toISOString()
        const run = {
          pid: process.pid,
          host: hostname(),
          startedAt,
          updatedAt,
          manifests,
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
