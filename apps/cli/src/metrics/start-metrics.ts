import type { RunObserver, SyncEvent } from '@lagoon/sync'
import type { ControlState } from '../live/live-file.js'
import { numberFlag, textFlag } from '../options/flag-values.js'
import type { Settings } from '../options/settings.js'

export interface Metrics {
  /** Null when no port was asked for. */
  readonly url: string | null
  /** Undefined when nobody listens. */
  readonly observer: RunObserver | undefined
  note(event: SyncEvent): void
  close(): Promise<void>
}

const off: Metrics = { url: null, observer: undefined, note() {}, async close() {} }

/** Serves metrics of a run where `--metrics-port` asks for them; loads nothing where it does not. */
export async function startMetrics(
  settings: Settings,
  dataDir: string,
  control: () => ControlState,
): Promise<Metrics> {
  const port = numberFlag(settings, 'metrics-port')
  if (port === undefined) return off
  const [{ createRunMetrics }, { startMetricsServer }, { createLiveFeed }] = await Promise.all([
    import('./run-metrics.js'),
    import('./metrics-server.js'),
    import('./live-feed.js'),
  ])
  const metrics = createRunMetrics(dataDir, () => control().limits)
  const feed = createLiveFeed(control)
  const host = textFlag(settings, 'metrics-host') ?? '127.0.0.1'
  const server = await startMetricsServer({ registry: metrics.registry, feed }, { host, port })
  return {
    url: server.url,
    observer: metrics.observer,
    note(event) {
      metrics.note(event)
      feed.note(event)
    },
    close: server.close,
  }
}
