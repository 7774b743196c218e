import { hostname } from 'node:os'
import type { ProgressEvent, SyncEvent } from '@lagoon/sync'
import {
  createProgressModel,
  estimateRemaining,
  updateProgressModel,
  type ProgressModel,
} from '../output/progress-model.js'
import { removeLiveRun, writeLiveRun, type ControlState, type LiveRun } from '../output/live-file.js'

interface LiveReporter {
  note(event: SyncEvent): void
  /** The run as it is now. */
  read(): LiveRun
  /** The run is over. */
  end(): void
}

/** Keeps the live file of a run up to date out of its events. A dry run, which changes nothing, has none. */
export function reportLive(dataDir: string, control: () => ControlState): LiveReporter {
  const startedAt = new Date().toISOString()
  let found = 0
  let bytesTotal: number | null = null
  let progress: ProgressEvent | null = null
  let active = false
  const model = createProgressModel()
  const read = (): LiveRun => ({
    pid: process.pid,
    host: hostname(),
    startedAt,
    updatedAt: new Date().toISOString(),
    manifests: { found, ended: endedManifests(progress) },
    bytesTotal,
    progress,
    eta: etaOf(model),
    control: control(),
  })
  return {
    read,
    note(event) {
      updateProgressModel(model, event)
      if (event.type === 'start') active = !event.dryRun
      else if (event.type === 'totals') {
        found = event.manifests
        bytesTotal = event.bytes
      } else if (event.type === 'progress' && active) {
        progress = event
        writeLiveRun(dataDir, read())
      }
    },
    end() {
      if (active) removeLiveRun(dataDir)
    },
  }
}

function endedManifests(progress: ProgressEvent | null): number {
  if (progress === null) return 0
  const { completed, skipped, failed } = progress.manifests
  return completed + skipped + failed
}

function etaOf(model: ProgressModel): LiveRun['eta'] {
  const left = estimateRemaining(model)
  return left === undefined ? null : { earliest: fromNow(left.earliestMs), latest: fromNow(left.latestMs) }
}

function fromNow(ms: number): string {
  return new Date(Date.now() + ms).toISOString()
}
