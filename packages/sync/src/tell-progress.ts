import type { EventSink, ProgressEvent } from './events.js'
import { RateMeter } from './rate-meter.js'
import type { Tally } from './tally.js'

const INTERVAL_MS = 1000

export interface ProgressReading {
  readonly tally: Tally
  readonly rows: number | null
  readonly inFlight: number
  readonly limit: number
  readonly paused: boolean
  readonly latencyMs: ProgressEvent['latencyMs']
  readonly durationMs: number
}

/** Says once a second how far the run is, and once more when the returned function ends it. */
export function tellProgress(read: () => ProgressReading, emit: EventSink): () => void {
  const meter = new RateMeter()
  const tell = (): void => {
    const { tally, ...rest } = read()
    const { planned, bytes, throttled, failedAttempts, manifests } = tally
    const { completed, skipped, failed, missing } = tally.rows
    emit({
      type: 'progress',
      completed,
      skipped,
      failed,
      missing,
      planned,
      bytes,
      throttled,
      failedAttempts,
      manifests,
      ...meter.note(rest.durationMs, completed, bytes),
      ...rest,
    })
  }
  meter.note(0, 0, 0)
  const timer = setInterval(tell, INTERVAL_MS)
  timer.unref()
  return () => {
    clearInterval(timer)
    tell()
  }
}
