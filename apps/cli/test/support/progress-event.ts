import type { ProgressEvent } from '@lagoon/sync'

/** Figures of a run in the middle of it. */
export function progressEvent(figures: Partial<ProgressEvent> = {}): ProgressEvent {
  return {
    type: 'progress',
    completed: 800,
    skipped: 50,
    failed: 0,
    missing: 0,
    planned: 0,
    bytes: 25_600_000,
    inFlight: 30,
    limit: 32,
    objectsPerSecond: 1024,
    bytesPerSecond: 32_000_000,
    throttled: 0,
    failedAttempts: 0,
    latencyMs: null,
    manifests: { completed: 0, skipped: 0, failed: 0 },
    paused: false,
    waitingUntil: null,
    rows: 2000,
    durationMs: 12_000,
    ...figures,
  }
}
