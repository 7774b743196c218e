import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { ProgressEvent, RunLimits, RunObserver, SyncEvent } from '@lagoon/sync'
import { collectDefaultMetrics, Counter, Gauge, Registry } from 'prom-client'
import { createAttemptMetrics } from './attempt-metrics.js'

interface RunMetrics {
  readonly registry: Registry
  /** Told of attempts and objects as they end. */
  readonly observer: RunObserver
  note(event: SyncEvent): void
}

/** Metrics of a run from its events, updated every second; those of attempts and objects immediately. Names and units by Prometheus' conventions. */
export function createRunMetrics(dataDir: string | null, limits: () => RunLimits): RunMetrics {
  const registry = new Registry()
  const registers = [registry]
  collectDefaultMetrics({ register: registry })
  const counter = <L extends string>(name: string, help: string, labelNames: readonly L[] = []) =>
    new Counter({ name, help, labelNames: [...labelNames], registers })
  const gauge = (name: string, help: string, read?: () => number) =>
    new Gauge({
      name,
      help,
      registers,
      ...(read === undefined
        ? {}
        : {
            collect() {
              this.set(read())
            },
          }),
    })

  const objects = counter('lagoon_objects_total', 'Rows of manifests by their outcome in this run', [
    'outcome',
  ])
  const bytes = counter('lagoon_bytes_total', 'Bytes of the objects copied in this run')
  const failures = counter('lagoon_failures_total', 'Failures reported in this run', ['class', 'code'])
  const decisions = counter('lagoon_controller_decisions_total', 'Adjustments of the concurrency limit', [
    'action',
  ])
  const manifests = counter('lagoon_manifests_total', 'Manifests by status', ['status'])
  const limit = gauge('lagoon_concurrency_limit', 'Objects or parts that may be in flight')
  const inFlight = gauge('lagoon_in_flight', 'Objects or parts in flight')
  gauge(
    'lagoon_concurrency_max',
    'Highest limit in force, from the settings or the schedule',
    () => limits().maxConcurrency ?? Infinity,
  )
  gauge(
    'lagoon_traffic_cap_bytes_per_second',
    'Limit on object bytes per second and side; +Inf for none',
    () => limits().maxBytesPerSecond ?? Infinity,
  )
  gauge(
    'lagoon_traffic_cap_requests_per_second',
    'Limit on requests per second and side; +Inf for none',
    () => limits().maxRequestsPerSecond ?? Infinity,
  )
  const paused = gauge('lagoon_paused', '1 while the run is paused, else 0')
  const failed = gauge('lagoon_failed_objects', 'Rows whose object is not at the destination at present')
  const missing = gauge('lagoon_missing_objects', 'Rows whose object is missing at the source')
  const rows = gauge('lagoon_manifest_rows', 'Rows of all manifests, as far as known')
  const duration = gauge('lagoon_run_duration_seconds', 'Time since the run began')
  const scans = counter('lagoon_scans_total', 'Scans for manifests that a watch has finished')
  const nextLook = gauge(
    'lagoon_next_scan_timestamp_seconds',
    'When a waiting watch scans for manifests again; 0 while it is busy',
  )
  if (dataDir !== null)
    gauge('lagoon_state_bytes', 'Bytes of the files in the data directory', () => directoryBytes(dataDir))
  for (const outcome of ['copied', 'skipped', 'failed']) objects.inc({ outcome }, 0)

  const last = { completed: 0, skipped: 0, failed: 0, bytes: 0 }
  /** The growth of a counter; never below zero, because a failure may still be repaired. */
  const growth = (name: keyof typeof last, event: ProgressEvent): number => {
    const more = Math.max(event[name] - last[name], 0)
    last[name] = Math.max(event[name], last[name])
    return more
  }
  const noteProgress = (event: ProgressEvent) => {
    objects.inc({ outcome: 'copied' }, growth('completed', event))
    objects.inc({ outcome: 'skipped' }, growth('skipped', event))
    objects.inc({ outcome: 'failed' }, growth('failed', event))
    bytes.inc(growth('bytes', event))
    limit.set(event.limit)
    paused.set(event.paused ? 1 : 0)
    inFlight.set(event.inFlight)
    failed.set(event.failed)
    missing.set(event.missing)
    if (event.rows !== null) rows.set(event.rows)
    duration.set(event.durationMs / 1000)
    nextLook.set(event.waitingUntil === null ? 0 : Date.parse(event.waitingUntil) / 1000)
  }
  return {
    registry,
    observer: createAttemptMetrics(registry),
    note(event) {
      if (event.type === 'progress') noteProgress(event)
      else if (event.type === 'failure') failures.inc({ class: event.class, code: event.code })
      else if (event.type === 'decision') decisions.inc({ action: event.action })
      else if (event.type === 'waiting') scans.inc()
      else if (event.type === 'manifest') manifests.inc({ status: event.status })
    },
  }
}

function directoryBytes(directory: string): number {
  try {
    return readdirSync(directory).reduce(
      (sum, name) => sum + (statSync(join(directory, name), { throwIfNoEntry: false })?.size ?? 0),
      0,
    )
  } catch {
    return 0
  }
}
