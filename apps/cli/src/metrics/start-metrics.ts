import type { RunObserver, SyncEvent } from '@lagoon/sync'
import type { JobResult } from '../queue/job-status.js'
import type { ControlState } from '../output/live-file.js'
import { numberFlag, textFlag } from '../options/flag-values.js'
import type { Settings } from '../options/settings.js'

export interface Metrics {
  /** Null when no port was asked for. */
  readonly url: string | null
  /** Undefined without a listener. */
  readonly observer: RunObserver | undefined
  note(event: SyncEvent): void
  /** How the job on many machines stands that this process works on. */
  noteJob(status: JobResult): void
  close(): Promise<void>
}

const off: Metrics = { url: null, observer: undefined, note() {}, noteJob() {}, async close() {} }

/**
 * Serves metrics of a run where `--metrics-port` asks for them; loads nothing where it does not.
 * @param dataDir null for a worker of a job, which has none
 */
export async function startMetrics(
  settings: Settings,
  dataDir: string | null,
  control: () => ControlState,
): Promise<Metrics> {
  const port = numberFlag(settings, 'metrics-port')
  if (port === undefined) return off
  const [{ createJobMetrics }, { createRunMetrics }, { startMetricsServer }, { createLiveFeed }] =
    await Promise.all([
      import('./job-metrics.js'),
      import('./run-metrics.js'),
      import('./metrics-server.js'),
      import('./live-feed.js'),
    ])
  const metrics = createRunMetrics(dataDir, () => control().limits)
  const feed = createLiveFeed(control)
  const updateJob = dataDir === null ? createJobMetrics(metrics.registry) : () => {}
  const host = textFlag(settings, 'metrics-host') ?? '127.0.0.1'
  const server = await startMetricsServer({ registry: metrics.registry, feed }, { host, port })
  return {
    url: server.url,
    observer: metrics.observer,
    note(event) {
      metrics.note(event)
      feed.note(event)
    },
    noteJob(status) {
      updateJob(status)
      feed.noteJob(status)
    },
    close: server.close,
  }
}
