import type { EventSink, ProgressEvent } from './events.js'
import { RateMeter } from './rate-meter.js'
import type { Tally } from './tally.js'

const INTERVAL_MS = 1000
/** Of so many intervals one is told while nothing goes on. */
const WAITING_INTERVALS = 10

export interface ProgressReading {
  readonly tally: Tally
  readonly rows: number | null
  readonly inFlight: number
  readonly limit: number
  readonly paused: boolean
  readonly latencyMs: ProgressEvent['latencyMs']
  readonly waitingUntil: string | null
  readonly durationMs: number
}

/** Says once a second how far the run is, less often while it waits, and once more when the returned function ends it. */
export function tellProgress(read: () => ProgressReading, emit: EventSink): () => void {
  const meter = new RateMeter()
  let waitingUntil: string | null = null
  let untold = 0
  const tick = (): void => {
    const reading = read()
    const goesOn = reading.waitingUntil === null || reading.waitingUntil !== waitingUntil
    untold += 1
    if (goesOn || untold >= WAITING_INTERVALS) tell(reading)
  }
  const tell = ({ tally, ...rest }: ProgressReading): void => {
    waitingUntil = rest.waitingUntil
    untold = 0
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
  const timer = setInterval(tick, INTERVAL_MS)
  timer.unref()
  return () => {
    clearInterval(timer)
    tell(read())
  }
}
